using Nuke.Common.Execution;

namespace Nuke.Common
{
    /// <summary>A build, as its extensions see it.</summary>
    public interface INukeBuild
    {
        /// <summary>Whether only the plan is asked for.</summary>
        bool Plan { get; }

        /// <summary>Whether only the help is asked for.</summary>
        bool Help { get; }
    }
}

namespace Nuke.Common.Execution
{
    /// <summary>What is told of a run, beside the build itself.</summary>
    public interface IBuildExtension
    {
        /// <summary>The one with the highest is told first; the build itself is told last.</summary>
        float Priority { get; }
    }

    /// <summary>Is told once the targets are known: before the parameters are read where its priority is above 150.</summary>
    public interface IOnBuildCreated : IBuildExtension
    {
        /// <summary>The targets are known; at a priority of up to 150 the parameters have their values.</summary>
        void OnBuildCreated(IReadOnlyCollection<ExecutableTarget> executableTargets);
    }

    /// <summary>Is told once the targets of the run are known.</summary>
    public interface IOnBuildInitialized : IBuildExtension
    {
        /// <summary>The targets of the run are known, and none has started.</summary>
        void OnBuildInitialized(
            IReadOnlyCollection<ExecutableTarget> executableTargets, IReadOnlyCollection<ExecutableTarget> executionPlan);
    }

    /// <summary>An extension that a build names as an attribute of its class.</summary>
    [AttributeUsage(AttributeTargets.Class)]
    public abstract class BuildExtensionAttributeBase : Attribute, IBuildExtension
    {
        /// <summary>The build.</summary>
        public INukeBuild Build { get; internal set; } = null!;

        /// <inheritdoc />
        public virtual float Priority { get; set; }
    }
}
