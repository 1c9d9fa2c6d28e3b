namespace KubeLab.Tests.Ssh;

/// <summary>Somebody at a terminal who answers as agreed, and notes what was asked.</summary>
internal sealed class ScriptedPrompt(params string[] answers) : IPrompt
{
    private readonly Queue<string> left = new(answers);

    /// <summary>All questions, in their order; those for a secret begin with a star.</summary>
    public List<string> Asked { get; } = [];

    public bool IsThere => answers.Length > 0;

    public Task<string> AskAsync(string question, CancellationToken cancellationToken)
    {
        Asked.Add(question);
        return Task.FromResult(left.Dequeue());
    }

    public Task<byte[]> AskSecretAsync(string question, CancellationToken cancellationToken)
    {
        Asked.Add($"*{question}");
        return Task.FromResult(System.Text.Encoding.UTF8.GetBytes(left.Dequeue()));
    }
}
