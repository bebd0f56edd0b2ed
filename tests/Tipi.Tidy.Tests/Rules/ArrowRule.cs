using System.Xml.Linq;
using Tipi.Tidy.Tests.Source;

namespace Tipi.Tidy.Tests.Rules;

/// <summary>The arrows between the product's projects. A lower floor never knows who lives above it.</summary>
internal sealed class ArrowRule : IRule
{
    /// <summary>Which of the product's projects a project may reference.</summary>
    public static IReadOnlyDictionary<string, string[]> Arrows { get; } = new Dictionary<string, string[]>
    {
        ["Tipi.Protocols"] = [],
        ["Tipi.Transport.Uring"] = [],
        ["Tipi.Hosting"] = ["Tipi.Protocols", "Tipi.Transport.Uring"],
    };

    public IEnumerable<Finding> Check(IReadOnlyList<SourceFile> files)
    {
        foreach (var file in files.Where(file => file.Extension == ".csproj" && file.IsIn("src")))
        {
            var project = Path.GetFileNameWithoutExtension(file.Name);
            if (!Arrows.TryGetValue(project, out var allowed))
                yield return file.AtLine(0, "a project without a place in the house");
            var wrong = References(file, "ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path))
                .Where(reference => allowed?.Contains(reference) != true);
            foreach (var reference in wrong) yield return file.AtLine(0, $"references {reference}");
            foreach (var package in References(file, "PackageReference"))
                yield return file.AtLine(0, $"needs the package {package}");
        }
    }

    private static IEnumerable<string> References(SourceFile file, string kind) =>
        XDocument.Parse(file.Text).Descendants(kind)
            .Select(element => (string?)element.Attribute("Include"))
            .OfType<string>()
            .Select(path => path.Replace('\\', '/'));
}
