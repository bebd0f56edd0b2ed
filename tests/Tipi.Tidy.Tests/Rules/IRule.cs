using Tipi.Tidy.Tests.Source;

namespace Tipi.Tidy.Tests.Rules;

/// <summary>A rule of the house that can be seen in the texts.</summary>
internal interface IRule
{
    /// <summary>Where the files break the rule.</summary>
    IEnumerable<Finding> Check(IReadOnlyList<SourceFile> files);
}
