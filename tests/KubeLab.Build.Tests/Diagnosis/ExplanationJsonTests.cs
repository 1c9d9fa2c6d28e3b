using KubeLab.Diagnosis;
using KubeLab.Tests.Machines;

namespace KubeLab.Tests.Diagnosis;

public class ExplanationJsonTests
{
    [Fact]
    public void I_read_back_what_was_written()
    {
        using var directory = new TemporaryDirectory();
        var explanation = new Explanation
        {
            Signature = "memory-worker",
            Title = "A worker has too little memory",
            Nodes = ["k8s-n1"],
            Task = "kubernetes/preinstall : Stop if memory is too small for nodes",
            TaskFile = "roles/kubernetes/preinstall/tasks/0040-verify-settings.yml:137",
            Certainty = Certainty.Seen,
            Occasion = "Kubespray refuses the settings",
            Source = "k8s-n1, assert, 2026-11-29 23:00:00 UTC",
            Because = "it said: ansible_memtotal_mb >= minimal_node_memory_mb",
            Or = [new Possibility("out-of-memory", "The memory ran out", "It is gone.", "Give it more.")],
            Meaning = "512 MB < 1024 MB",
            Remedy = "Give k8s-n1 more.\nOr lower the limit.",
            ResumeCommand = "./build.sh Deploy --resume",
            Links = ["https://github.com/kubernetes-sigs/kubespray/issues/2123"],
            Evidence = "ansible_memtotal_mb >= minimal_node_memory_mb",
        };
        directory.Write(Explanation.FileName, RecordJson.Write(new[] { explanation }));

        var read = Explanation.ReadFrom(directory.Path).Single();

        (read with { Nodes = explanation.Nodes, Links = explanation.Links, Or = explanation.Or }).ShouldBe(explanation);
        read.Nodes.ShouldBe(explanation.Nodes);
        read.Links.ShouldBe(explanation.Links);
        read.Or.ShouldBe(explanation.Or);
    }

    [Fact]
    public void A_run_that_left_none_has_none()
    {
        using var directory = new TemporaryDirectory();

        Explanation.ReadFrom(directory.Path).ShouldBeEmpty();
    }

    [Theory, InlineData(""), InlineData("[{\"title\": \"cut o"), InlineData("{}"), InlineData("[null]"), InlineData("[{\"title\": 1}]"), InlineData("[{}]")]
    public void What_is_no_list_of_explanations_counts_as_none(string json)
    {
        using var directory = new TemporaryDirectory();
        directory.Write(Explanation.FileName, json);

        Explanation.ReadFrom(directory.Path).ShouldBeEmpty();
    }
}
