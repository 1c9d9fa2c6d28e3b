namespace KubeLab.Smoke;

/// <summary>A check that runs when all others are done and the removal of the test's namespace has begun.</summary>
public interface IClosingCheck : ISmokeCheck;
