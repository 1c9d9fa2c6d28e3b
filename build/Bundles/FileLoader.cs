using System.Net.Http;
using System.Net.Http.Headers;

namespace KubeLab.Bundles;

/// <summary>Loads files: goes on where it was broken off, and puts a file in its place only once it is whole and is what the
/// release says that it is.</summary>
internal sealed class FileLoader(BundleSource source, HttpClient http, TimeProvider time)
{
    private const int Attempts = 3;
    private const int NoSpace = 28;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    /// <summary>Loads a file, unless it is there already.</summary>
    /// <param name="checksum">What it has to have, as <c>sha256:…</c>; null where any will do.</param>
    /// <param name="onBytes">Is told how much has come.</param>
    /// <exception cref="LoadFailure">It could not be loaded.</exception>
    /// <exception cref="UserError">The disk is full.</exception>
    public async Task LoadAsync(
        string url, string? checksum, string destination, Action<long> onBytes, CancellationToken cancellationToken)
    {
        if (File.Exists(destination) && await ProblemAsync(destination, checksum, cancellationToken) is null)
            return;
        Directory.CreateDirectory(Path.GetDirectoryName(destination)!);
        var part = $"{destination}.part";
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    var goesOn = await FetchAsync(url, part, onBytes, cancellationToken);
                    if (await ProblemAsync(part, checksum, cancellationToken) is { } problem)
                    {
                        var said = await SaidAsync(part, cancellationToken);
                        File.Delete(part);
                        throw new LoadFailure($"{problem}{said}", isPassing: goesOn);
                    }

                    File.Move(part, destination, overwrite: true);
                    return;
                }
                catch (LoadFailure failure) when (failure.IsPassing && attempt < Attempts)
                {
                    await Task.Delay(Pause * attempt, time, cancellationToken);
                }
            }
        }
        catch (IOException exception) when ((exception.HResult & 0xFFFF) == NoSpace)
        {
            throw DiskFull(destination, url, exception);
        }
    }

    /// <summary>What is said where nothing more fits: all that would follow would fail too.</summary>
    public static UserError DiskFull(string destination, string what, Exception? exception = null) => new(
        $"The disk of {Path.GetDirectoryName(destination)} is full: {what} did not fit.",
        "Make room, or name another folder with --bundle, then run BundleArtifacts again: what is there is kept.", exception);

    /// <summary>How large a file is, in bytes; null where its server doesn't say.</summary>
    /// <exception cref="LoadFailure">It isn't there.</exception>
    public async Task<long?> SizeAsync(string url, CancellationToken cancellationToken)
    {
        if (source.Folder is not null)
            return new FileInfo(Found(url)).Length;
        using var request = new HttpRequestMessage(HttpMethod.Head, source.Locate(url));
        using var response = await SendAsync(request, cancellationToken);
        Require(response, url);
        return response.Content.Headers.ContentLength;
    }

    private string Found(string url) => source.Find(url)
        ?? throw new LoadFailure(
            $"{source.Folder} has no files/{new Uri(url).Authority}{new Uri(url).AbsolutePath}", isPassing: false);

    // Returns whether it went on with what an earlier attempt had left.
    private async Task<bool> FetchAsync(string url, string part, Action<long> onBytes, CancellationToken cancellationToken)
    {
        if (source.Folder is not null)
        {
            await using var there = File.OpenRead(Found(url));
            await using var copy = new FileStream(part, FileMode.Create, FileAccess.Write);
            await there.CopyToAsync(copy, cancellationToken);
            onBytes(copy.Length);
            return false;
        }

        var had = File.Exists(part) ? new FileInfo(part).Length : 0;
        using var request = new HttpRequestMessage(HttpMethod.Get, source.Locate(url));
        if (had > 0)
            request.Headers.Range = new RangeHeaderValue(had, null);
        using var response = await SendAsync(request, cancellationToken);
        // All of it has come already: only its end was not seen.
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
            return true;
        Require(response, url);
        var goesOn = response.StatusCode == HttpStatusCode.PartialContent;
        await using var file = new FileStream(part, goesOn ? FileMode.Append : FileMode.Create, FileAccess.Write);
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            var buffer = new byte[1 << 18];
            int count;
            while ((count = await body.ReadAsync(buffer, cancellationToken)) > 0)
            {
                await file.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
                onBytes(count);
            }
        }
        catch (Exception exception) when (exception is HttpRequestException or HttpIOException)
        {
            throw new LoadFailure($"the connection broke off after {file.Length} bytes: {exception.Message}", isPassing: true);
        }

        return goesOn;
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException exception)
        {
            throw new LoadFailure($"{request.RequestUri!.Authority} can't be reached: {exception.Message}", isPassing: true);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new LoadFailure($"{request.RequestUri!.Authority} gave no answer in time", isPassing: true);
        }
    }

    private static void Require(HttpResponseMessage response, string url)
    {
        if (!response.IsSuccessStatusCode)
            throw new LoadFailure(
                $"{response.RequestMessage!.RequestUri} answers {(int)response.StatusCode} {response.ReasonPhrase}".TrimEnd(),
                isPassing: (int)response.StatusCode is >= 500 or 408 or 429);
        if (response.Content.Headers.ContentType?.MediaType == "text/html" && !url.EndsWith(".html", StringComparison.Ordinal))
            throw new LoadFailure(
                $"{response.RequestMessage!.RequestUri} answers with a page (text/html) in place of the file, such as one to log in at",
                isPassing: false);
    }

    private static async Task<string?> ProblemAsync(string path, string? checksum, CancellationToken cancellationToken)
    {
        if (checksum?.Split(':', 2) is not [var algorithm, var wanted])
            return null;
        var digest = await FileDigest.OfAsync(path, algorithm, cancellationToken);
        return digest == wanted ? null : $"its {algorithm} is {digest}, and the release wants {wanted}";
    }

    // A page that doesn't say that it is one.
    private static async Task<string> SaidAsync(string path, CancellationToken cancellationToken)
    {
        var start = new byte[512];
        await using var file = File.OpenRead(path);
        var text = Encoding.UTF8.GetString(start, 0, await file.ReadAtLeastAsync(start, start.Length, false, cancellationToken));
        return text.Contains("<html", StringComparison.OrdinalIgnoreCase)
            || text.Contains("<!doctype", StringComparison.OrdinalIgnoreCase)
            ? ": it is a page (HTML) in place of the file, such as one to log in at" : "";
    }
}

/// <summary>An artifact could not be loaded; the others can.</summary>
/// <param name="isPassing">Whether it may go better another time.</param>
internal sealed class LoadFailure(string message, bool isPassing) : Exception(message)
{
    public bool IsPassing { get; } = isPassing;
}
