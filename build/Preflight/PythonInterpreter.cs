namespace KubeLab.Preflight;

/// <summary>A Python on a node.</summary>
/// <param name="Path">How it is called.</param>
/// <param name="Version">Its version; null where it did not say one, which is to say that it does not run.</param>
/// <param name="Said">What it said.</param>
public sealed record PythonInterpreter(string Path, Version? Version, string Said);
