# Starts KubeLab where there is PowerShell (5.1 or newer): the same as build.sh, whose comments say why.
#
#   ./build.ps1 [targets] [options]    ./build.ps1 --help lists both
#   ./build.ps1 Ssh --node <name> -- <command>
#
#   PACKAGE_SOURCE=nuget|bundled       where Nuke.Common comes from; otherwise it is found out once
#   DOTNET_INSTALL_DIR=<folder>        where to look for an SDK, or install one, if the dotnet on the PATH does not fit
#
# Uses the language, .NET and PowerShell's core commands alone, so that the tests can run it in PowerShell's engine without
# an installed PowerShell. They do so on Linux; Windows itself and the download of the SDK are covered by review, and by
# the CI workflow's Windows job.
Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

$Root = $PSScriptRoot
$Temp = [IO.Path]::Combine($Root, '.nuke', 'temp')
$Project = [IO.Path]::Combine('build', 'KubeLab.Build.csproj')
$Dll = 'KubeLab.Build.dll'
$Stamp = [IO.Path]::Combine($Temp, 'build.ps1.stamp')
$PackageSourceFile = [IO.Path]::Combine($Temp, 'package-source.props')
$LockFile = [IO.Path]::Combine($Temp, 'build.lock')
$Outputs = [IO.Path]::Combine($Root, 'build', 'bin')
$Artifacts = [IO.Path]::Combine($Temp, 'compile')

# Seconds.
$LockLimit = 600
$RestoreLimit = 300
$CompileLimit = 900

# A list of words, none of which needs quotes but the path.
$MSBuildOptions = '-nologo -verbosity:quiet -tl:off -nodeReuse:false -p:UseSharedCompilation=false -p:NuGetAudit=false ' +
    "-p:RunAnalyzers=false -p:UseArtifactsOutput=true `"-p:ArtifactsPath=$Artifacts`""

$env:DOTNET_CLI_TELEMETRY_OPTOUT = '1'
$env:DOTNET_NOLOGO = '1'
$env:NUKE_TELEMETRY_OPTOUT = '1'
$env:NUKE_ROOT = $Root
if (-not $env:DOTNET_SYSTEM_GLOBALIZATION_INVARIANT) { $env:DOTNET_SYSTEM_GLOBALIZATION_INVARIANT = '1' }

function Say([string] $text) { [Console]::Error.WriteLine("build.ps1: $text") }

# Ends the script from inside a function, with the text as its message.
function Stop-With([string] $text) { throw [InvalidOperationException]::new($text) }

if ($Root -match '[;%*?\n]') {
    Say "KubeLab can't be compiled in a folder whose path holds ; % * ? or a line break: move it out of $Root"
    exit 1
}

function Get-DotnetOnPath {
    $command = Get-Command -Name dotnet -CommandType Application -ErrorAction Ignore
    if ($command) { return @($command)[0].Source }
    return ''
}

# Runs a program in the root, where global.json is; its output and exit code, 124 when it was stopped after the limit.
function Invoke-Program([string] $program, [string] $arguments, [int] $limit) {
    $start = [Diagnostics.ProcessStartInfo]::new($program, $arguments)
    $start.WorkingDirectory = $Root
    $start.UseShellExecute = $false
    $start.RedirectStandardOutput = $true
    $start.RedirectStandardError = $true
    $process = [Diagnostics.Process]::Start($start)
    $output = $process.StandardOutput.ReadToEndAsync()
    $errors = $process.StandardError.ReadToEndAsync()
    if (-not $process.WaitForExit($limit * 1000)) {
        $process.Kill()
        return @{ ExitCode = 124; Text = "error NU1301: No answer within $limit s." }
    }
    return @{ ExitCode = $process.ExitCode; Text = $output.GetAwaiter().GetResult() + $errors.GetAwaiter().GetResult() }
}

# The files that the compiled build depends on, each with its checksum.
function Get-Fingerprint {
    $files = [Collections.Generic.List[string]]::new()
    foreach ($folder in 'build', 'bundled') { Add-Sources $files ([IO.Path]::Combine($Root, $folder)) }
    foreach ($pattern in 'build.ps1', 'global.json', '.editorconfig', 'Directory.*.props', 'Directory.*.targets', 'nuget.config') {
        $files.AddRange([IO.Directory]::GetFiles($Root, $pattern))
    }
    if ([IO.File]::Exists($PackageSourceFile)) { $files.Add($PackageSourceFile) }
    $files.Sort([StringComparer]::Ordinal)

    $sha = [Security.Cryptography.SHA256]::Create()
    $lines = foreach ($file in $files) {
        [BitConverter]::ToString($sha.ComputeHash([IO.File]::ReadAllBytes($file))) + ' ' + $file.Substring($Root.Length)
    }
    $sha.Dispose()
    return (@($lines) + "PACKAGE_SOURCE=$env:PACKAGE_SOURCE") -join "`n"
}

function Add-Sources([Collections.Generic.List[string]] $files, [string] $folder) {
    if (-not [IO.Directory]::Exists($folder)) { return }
    $files.AddRange([IO.Directory]::GetFiles($folder))
    foreach ($child in [IO.Directory]::GetDirectories($folder)) {
        if ('bin', 'obj' -notcontains [IO.Path]::GetFileName($child)) { Add-Sources $files $child }
    }
}

# What the last compilation left, if it still holds: the dotnet chosen and the folder of the dll.
function Get-UpToDate {
    if (-not [IO.File]::Exists($Stamp)) { return $null }
    $seen, $dotnet, $folder, $madeOf = [IO.File]::ReadAllText($Stamp) -split "`n", 4
    $output = [IO.Path]::Combine($Outputs, $folder)
    $onPath = Get-DotnetOnPath
    if ($onPath -ne $seen -and $onPath -ne $dotnet) { return $null }
    if (-not [IO.File]::Exists($dotnet) -or -not [IO.File]::Exists([IO.Path]::Combine($output, $Dll))) { return $null }
    if ($madeOf -cne (Get-Fingerprint)) { return $null }
    return @{ Dotnet = $dotnet; Output = $output }
}

function Test-FitsGlobalJson([string] $dotnet) { return (Invoke-Program $dotnet '--version' 60).ExitCode -eq 0 }

function Find-Dotnet {
    $folder = $env:DOTNET_INSTALL_DIR
    if (-not $folder) { $folder = [IO.Path]::Combine($Temp, 'dotnet') }
    $onPath = Get-DotnetOnPath
    if ($onPath -and (Test-FitsGlobalJson $onPath)) { return $onPath }
    $own = [IO.Path]::Combine($folder, $(if ([IO.Path]::DirectorySeparatorChar -eq '\') { 'dotnet.exe' } else { 'dotnet' }))
    if ([IO.File]::Exists($own) -and (Test-FitsGlobalJson $own)) { return $own }
    Install-Sdk $folder
    if (-not (Test-FitsGlobalJson $own)) { Stop-With "The SDK installed into $folder does not satisfy global.json." }
    return $own
}

# Microsoft's installer: https://learn.microsoft.com/dotnet/core/tools/dotnet-install-script
function Install-Sdk([string] $folder) {
    $installer = [IO.Path]::Combine($Temp, 'dotnet-install.ps1')
    Say "No .NET SDK here satisfies global.json: installing one into $folder."
    [Net.ServicePointManager]::SecurityProtocol = [Net.SecurityProtocolType]::Tls12
    [Net.WebClient]::new().DownloadFile('https://dot.net/v1/dotnet-install.ps1', $installer)
    & $installer -JSonFile ([IO.Path]::Combine($Root, 'global.json')) -InstallDir $folder -NoPath | Out-Host
}

function Set-PackageSource {
    $hash = [Security.Cryptography.SHA256]::Create()
    $bytes = [IO.File]::ReadAllBytes([IO.Path]::Combine($Root, 'Directory.Packages.props'))
    $versions = 'Directory.Packages.props ' + [BitConverter]::ToString($hash.ComputeHash($bytes)).Replace('-', '')
    if ($env:PACKAGE_SOURCE) {
        Save-PackageSource $env:PACKAGE_SOURCE 'Set by PACKAGE_SOURCE.'
        return
    }
    if ([IO.File]::Exists($PackageSourceFile) -and [IO.File]::ReadAllText($PackageSourceFile).Contains("Found out for $versions.")) {
        return
    }

    $source = 'nuget'
    $reason = 'the feed serves the real packages'
    $restore = Invoke-Program $script:Dotnet "restore `"$Project`" -p:PackageSource=nuget $MSBuildOptions" $RestoreLimit
    if ($restore.ExitCode -ne 0) {
        $source = 'bundled'
        $reason = Get-ReasonNotRestored $restore.Text
        if (-not $reason) { Stop-OnErrors $restore.Text 'The restore failed.' }
    }
    Save-PackageSource $source "Found out for $versions."
    Say "Package source: $source ($reason); remembered in .nuke/temp, PACKAGE_SOURCE=nuget|bundled overrides."
}

# https://learn.microsoft.com/nuget/reference/errors-and-warnings
function Get-ReasonNotRestored([string] $log) {
    if ($log -match 'NU1301') { return 'the feed does not answer' }
    $names = [Collections.Generic.SortedSet[string]]::new([StringComparer]::Ordinal)
    foreach ($match in [regex]::Matches($log, 'NU110[123]: [^.]*package ([A-Za-z0-9]+(?:\.[A-Za-z0-9]+)*)')) {
        [void] $names.Add($match.Groups[1].Value)
    }
    foreach ($match in [regex]::Matches($log, 'NU1603: .* but (\S+ \S+) was not found')) {
        [void] $names.Add($match.Groups[1].Value)
    }
    if ($names.Count -eq 0) { return '' }
    return 'the feed does not serve ' + ($names -join ', ')
}

function Save-PackageSource([string] $source, [string] $why) {
    $text = @(
        '<Project>'
        "  <!-- Written by build.ps1. $why -->"
        '  <PropertyGroup>'
        "    <PackageSource>$source</PackageSource>"
        '  </PropertyGroup>'
        '</Project>'
        ''
    ) -join "`n"
    if ([IO.File]::Exists($PackageSourceFile) -and [IO.File]::ReadAllText($PackageSourceFile) -ceq $text) { return }
    [IO.File]::WriteAllText($PackageSourceFile, $text)
}

function Stop-OnErrors([string] $log, [string] $message) {
    $errors = [Collections.Generic.List[string]]::new()
    foreach ($line in $log -split "`r?`n") {
        $line = $line.Trim()
        if ($line -match '(^|[ :])error( [A-Z]+[0-9]+)?:' -and -not $errors.Contains($line)) { $errors.Add($line) }
    }
    [Console]::Error.WriteLine($(if ($errors.Count) { $errors -join [Environment]::NewLine } else { $log }))
    Stop-With $message
}

function Invoke-Compile {
    $fresh = [IO.Path]::Combine($Outputs, 'ps1-' + [DateTime]::UtcNow.ToString('yyyyMMddHHmmss') + "-$PID")
    Say 'Compiling the build: something it is made of changed.'
    foreach ($folder in @(Get-CompiledFolders)) { [IO.Directory]::Delete($folder, $true) }
    $publish = Invoke-Program $script:Dotnet (
        "publish `"$Project`" --configuration Release --output `"$fresh`" $MSBuildOptions") $CompileLimit
    if ($publish.ExitCode -ne 0) {
        if ([IO.Directory]::Exists($fresh)) { [IO.Directory]::Delete($fresh, $true) }
        Stop-OnErrors $publish.Text 'The build does not compile; nothing was run.'
    }
    return $fresh
}

# What earlier compilations left, without what restores left.
function Get-CompiledFolders {
    $binaries = [IO.Path]::Combine($Artifacts, 'bin')
    if ([IO.Directory]::Exists($binaries)) { $binaries }
    $objects = [IO.Path]::Combine($Artifacts, 'obj')
    if ([IO.Directory]::Exists($objects)) {
        foreach ($project in [IO.Directory]::GetDirectories($objects)) { [IO.Directory]::GetDirectories($project, 'release*') }
    }
}

# Outputs over a day old. One in use stays: Windows lets nobody rename a folder with a loaded dll in it.
function Remove-OldOutputs([string] $output) {
    foreach ($folder in [IO.Directory]::GetDirectories($Outputs, 'ps1-*')) {
        if ($folder -eq $output -or [IO.Directory]::GetCreationTimeUtc($folder) -gt [DateTime]::UtcNow.AddDays(-1)) { continue }
        try {
            [IO.Directory]::Move($folder, "$folder.old")
            [IO.Directory]::Delete("$folder.old", $true)
        }
        catch [IO.IOException], [UnauthorizedAccessException] { continue }
    }
}

# The same file as build.sh locks: on Linux, .NET takes the lock that flock takes.
function Get-Lock {
    $deadline = [DateTime]::UtcNow.AddSeconds($LockLimit)
    $told = $false
    while ($true) {
        try { return [IO.File]::Open($LockFile, 'OpenOrCreate', 'ReadWrite', 'None') }
        catch [IO.IOException] {
            if ([DateTime]::UtcNow -gt $deadline) { Stop-With "Another build has been compiling for over $LockLimit s." }
        }
        if (-not $told) { Say "Waiting for another build that is compiling (at most $LockLimit s)." }
        $told = $true
        [Threading.Thread]::Sleep(500)
    }
}

function Update-Build {
    $found = Get-UpToDate
    if ($found) { return $found }
    [void] [IO.Directory]::CreateDirectory($Temp)
    $lock = Get-Lock
    try {
        $found = Get-UpToDate
        if ($found) { return $found }
        $script:Dotnet = Find-Dotnet
        Set-PackageSource
        $madeOf = Get-Fingerprint
        $output = Invoke-Compile
        [IO.File]::WriteAllText($Stamp, ((Get-DotnetOnPath), $script:Dotnet, [IO.Path]::GetFileName($output), $madeOf) -join "`n")
        Remove-OldOutputs $output
        return @{ Dotnet = $script:Dotnet; Output = $output }
    }
    finally { $lock.Dispose() }
}

if ($env:PACKAGE_SOURCE -and 'nuget', 'bundled' -cnotcontains $env:PACKAGE_SOURCE) {
    Say "PACKAGE_SOURCE is '$env:PACKAGE_SOURCE'; it may be nuget or bundled."
    exit 1
}
try { $build = Update-Build }
catch {
    Say $_.Exception.Message
    exit 1
}

if ($build.Dotnet -ne (Get-DotnetOnPath)) {
    $env:DOTNET_ROOT = [IO.Path]::GetDirectoryName($build.Dotnet)
    $env:PATH = $env:DOTNET_ROOT + [IO.Path]::PathSeparator + $env:PATH
}
# PowerShell reads `a,b` as a list; the build is to get what was typed.
$arguments = @(foreach ($argument in $args) { if ($argument -is [array]) { $argument -join ',' } else { $argument } })

# What stands behind -- is another command's: the build gets it in variables. Where PowerShell reads the line itself, it takes the
# first -- away; how many words stood before it, the line still says.
$split = [Array]::IndexOf($arguments, '--')
$skipped = 1
$line = [Management.Automation.Language.Parser]::ParseInput($MyInvocation.Line, [ref] $null, [ref] $null)
foreach ($call in $line.FindAll({ $args[0] -is [Management.Automation.Language.CommandAst] }, $true)) {
    $elements = @(foreach ($element in $call.CommandElements) { $element.Extent.Text })
    if ($elements[0] -match 'build(\.ps1)?[''"]?$' -and $elements -ccontains '--') {
        $split = [Array]::IndexOf($elements, '--') - 1
        $skipped = 0
    }
}
[Environment]::SetEnvironmentVariable('KUBELAB_COMMAND', [NullString]::Value)
if ($split -ge 0) {
    $words = @([Linq.Enumerable]::Skip([object[]] $arguments, $split + $skipped))
    $arguments = @([Linq.Enumerable]::Take([object[]] $arguments, $split))
    [Environment]::SetEnvironmentVariable('KUBELAB_COMMAND', $words.Count)
    for ($i = 0; $i -lt $words.Count; $i++) { [Environment]::SetEnvironmentVariable("KUBELAB_COMMAND_$($i + 1)", $words[$i]) }
}
& $build.Dotnet ([IO.Path]::Combine($build.Output, $Dll)) @arguments
exit $LASTEXITCODE
