namespace KubeLab.Smoke;

/// <summary>A check of an earlier run, read back from its record: it can be shown, not run.</summary>
internal sealed record RecordedCheck(string Id, string Title, int Tier, SmokeArea Area, string Needs) : ISmokeCheck
{
    public Task<SmokeVerdict> RunAsync(SmokeContext context, CancellationToken cancellationToken) =>
        throw new NotSupportedException($"{Id} was read from a record: it can be shown, not run.");
}
