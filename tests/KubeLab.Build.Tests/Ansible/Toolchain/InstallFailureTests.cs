using KubeLab.Ansible;

namespace KubeLab.Tests.Ansible;

public class InstallFailureTests
{
    [Theory]
    // Debian's python3 without python3-venv.
    [InlineData("The virtual environment was not created successfully because ensurepip is not available.  On Debian/Ubuntu systems, you need to install the python3-venv\npackage using the following command.\n", "", "this Python has no ensurepip")]
    [InlineData("", "/usr/bin/python3.11: No module named ensurepip\n", "this Python has no ensurepip")]
    [InlineData("", "WARNING: Retrying (Retry(total=0, connect=None)) after connection broken by 'ReadTimeoutError(\"HTTPConnectionPool(host='192.0.2.1', port=80): Read timed out. (read timeout=1.0)\")': /simple/ansible/\nERROR: No matching distribution found for ansible==7.6.0\n", "the package index doesn't answer as it should (")]
    [InlineData("", "ERROR: Could not find a version that satisfies the requirement ansible==7.6.0 (from versions: none)\nERROR: No matching distribution found for ansible==7.6.0\n", "the package index has none of it for this Python, or doesn't answer; ERROR: No matching distribution found")]
    [InlineData("", "\n", "exit code 1")]
    [InlineData("only this\n", "", "only this")]
    public void I_am_told_in_a_sentence_why_an_installation_failed(string output, string error, string expected) =>
        InstallFailure.Reason(new CommandResult(CommandLine.Of("pip"), 1, output, error, TimeSpan.Zero)).ShouldStartWith(expected);

    [Fact]
    public void I_am_told_which_file_is_another_than_was_locked()
    {
        const string said = """
            ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE. If you have updated the package versions, please update the hashes.
                aa==1.0 from http://192.0.2.1/files/aa-1.0-py3-none-any.whl#sha256=7ca4 (from -r r.txt (line 1)):
                    Expected sha256 00aa
                    Expected     or 00bb
                         Got        7ca4

            """;

        InstallFailure.Reason(new CommandResult(CommandLine.Of("pip"), 1, "", said, TimeSpan.Zero))
            .ShouldBe("aa==1.0 isn't the file that was locked: http://192.0.2.1/files/aa-1.0-py3-none-any.whl has SHA-256 7ca4, and 00bb was expected");
    }

    [Theory]
    [InlineData("no such option: --report", true)]
    [InlineData("ERROR: something", false)]
    public void I_know_an_installer_that_is_too_old(string reason, bool expected) => InstallFailure.IsUnknownOption(reason).ShouldBe(expected);

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"install\": [{\"metadata\": {\"name\": \"a\", \"version\": \"1\"}, \"download_info\": {\"url\": \"file:///a\", \"dir_info\": {}}}]}")]
    [InlineData("{\"install\": 3}")]
    [InlineData("{\"install\": [")]
    public void A_report_that_says_no_hash_is_none(string report) => Should.Throw<UserError>(() => ResolvedPackages.OfPip(report));

    [Fact]
    public void I_read_what_pip_and_uv_would_install()
    {
        var hash = new string('a', 64);

        ResolvedPackages.OfPip($$"""{"install": [{"is_direct": true, "metadata": {"name": "Ruamel.YAML", "version": "1.0"}, "download_info": {"url": "https://mirror.example/r.whl", "archive_info": {"hash": "sha256={{hash}}"} } }]}""")
            .Select(package => $"{package.Name} {package.Version} {package.Url} {package.Sha256.Single()}").ShouldBe([$"ruamel-yaml 1.0 https://mirror.example/r.whl {hash}"]);
        ResolvedPackages.OfUv($"# by uv\nnetaddr==1.3.0 \\\n    --hash=sha256:{hash}\nsample @ https://mirror.example/s.whl \\\r\n    --hash=sha256:{hash}\n")
            .Select(package => $"{package.Name} {package.Version} {package.Url}").ShouldBe(["netaddr 1.3.0 ", "sample 0 https://mirror.example/s.whl"]);
        Should.Throw<UserError>(() => ResolvedPackages.OfUv("netaddr==1.3.0\n")).Message.ShouldContain("no hash for netaddr");
        Should.Throw<UserError>(() => ResolvedPackages.OfUv("error: something\n"));
    }
}
