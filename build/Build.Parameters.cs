using System.Reflection;
using Nuke.Common;

// What can be said on the command line, in the environment or in .nuke/parameters.json; the rest is a cluster's kubelab.yml.
sealed partial class Build
{
    const string DefaultInventory = "lab";

    [Parameter("The cluster: a folder under inventory/, or a path to one or to an inventory file. Default: lab")]
    readonly string Inventory = DefaultInventory;

    [Parameter("The distribution of Kubernetes: kubespray or lab. Default: what kubelab.yml says, else kubespray")]
    readonly string? Distribution;

    [Parameter("Whose machines: lab, which LabUp makes here, or own. Default: lab with the lab's distribution, else own")]
    readonly string? Machines;

    [Parameter("The Kubespray version: a git tag, branch or commit. Default: v2.31.0")]
    readonly string? KubesprayVersion;

    [Parameter("A local Kubespray checkout, instead of a version")]
    readonly string? KubesprayPath;

    [Parameter("Where Kubespray is cloned from. Default: its public repository")]
    readonly string? KubesprayUrl;

    [Parameter("Picks requirements-<version>.txt and .yml, where the distribution has them, as 2.12. Default: requirements.txt")]
    readonly string? AnsibleVersion;

    [Parameter("A virtual environment whose Ansible is used, instead of one made from the release's pins. Default: none")]
    readonly string? AnsibleEnvironment;

    [Parameter("A folder of wheels that Ansible is installed from, instead of Python's package index. Default: none")]
    readonly string? AnsibleWheels;

    [Parameter("The package index that Ansible is installed from: a mirror. Default: pip's own")]
    readonly string? AnsibleIndex;

    [Parameter(
        "A file, readable by you alone, with the password of vaulted variables, or a program that prints it. Default: none")]
    readonly string? VaultPasswordFile;

    [Parameter("The private key to reach the nodes with. Default: OpenSSH's own choice")]
    readonly string? PrivateKey;

    [Parameter("The user to log in as, where the inventory names none. Default: OpenSSH's own choice")]
    readonly string? SshUser;

    [Parameter("The SSH client: openssh or sshnet. Default: openssh")]
    readonly string? SshClient;

    [Parameter("The user that tasks run as on the nodes. Default: root")]
    readonly string? BecomeUser;

    [Parameter("A file, readable by you alone, with the password for sudo on the nodes. Default: none is needed")]
    readonly string? BecomePasswordFile;

    [Parameter("Only these hosts, as Ansible's --limit. Default: all")]
    readonly string? Limit;

    [Parameter("Only tasks with these tags. Default: all", Separator = ",")]
    readonly string[] Tags = [];

    [Parameter("No tasks with these tags. Default: none", Separator = ",")]
    readonly string[] SkipTags = [];

    [Parameter("Only the nodes that failed in the last run of cluster.yml. Default: no")]
    readonly bool RetryFailed;

    [Parameter("Begins with the task of this name, as Ansible's --start-at-task. Default: the first")]
    readonly string? StartAtTask;

    [Parameter("Variables for the playbook that outrank all others: JSON (booleans stay booleans) or @file")]
    readonly string? ExtraVars;

    [Parameter("Only these checks of the preflight or the smoke test, by id. Default: all", Separator = ",")]
    readonly string[] Checks = [];

    [Parameter("None of these checks of the preflight or the smoke test, by id. Default: what kubelab.yml says", Separator = ",")]
    readonly string[] SkipChecks = [];

    [Parameter(
        "The kubeconfig of the cluster to test; without --inventory, SmokeTest needs nothing else. Default: artifacts/<cluster>/admin.conf")]
    readonly string? Kubeconfig;

    // A setting says itself which parameter stands for it.
    ParameterLayers Layers => field ??= ParameterLayers.From(
        parameter => (string?)GetType().GetField(parameter, BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(this),
        Environment.GetCommandLineArgs(), Environment.GetEnvironmentVariables(), RootDirectory);
}
