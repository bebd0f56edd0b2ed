using Tipi.Tidy.Tests.Rules;
using Tipi.Tidy.Tests.Source;

namespace Tipi.Tidy.Tests.Compiled;

/// <summary>
/// The floors of each project, from the lowest to the highest. A folder uses folders of lower floors only; those of one
/// floor do not know each other.
/// </summary>
internal static class Floors
{
    public static IReadOnlyDictionary<string, string[][]> Of { get; } = new Dictionary<string, string[][]>
    {
        ["Tipi.Protocols"] = [["Http"], ["Hpack", "Http1", "Http2", "Proxy", "Tls"]],
        ["Tipi.Transport.Uring"] = [["Options"], ["Native"], ["Rings"], ["Connections"], [""]],
        ["Tipi.Hosting"] =
        [
            ["Options"], ["Threads"], ["Diagnostics"], ["Diagnostics/Access"], ["Systemd"], ["Connections"],
            ["Exchange"], ["Scheduling"], ["Http1", "Http2"], ["Tls/Certificates"], ["Tls"], ["Kestrel"],
            ["Endpoints"], ["Configuration"], ["Server"],
        ],
    };

    /// <summary>All arrows between files of a project, as it was compiled.</summary>
    public static IReadOnlyList<Arrow> Arrows(string project)
    {
        var files = FilesOf(project);
        var assembly = Product.Assembly(project);
        return
        [
            .. (from use in Product.Uses(project)
                let used = Product.Outermost(use.Used)
                where used.Assembly == assembly
                let user = files.GetValueOrDefault(NameOf(use.Owner))
                let target = files.GetValueOrDefault(NameOf(used))
                where user is not null && target is not null && user != target
                select new Arrow(user, target)).Distinct(),
        ];
    }

    /// <summary>Arrows that do not point to a lower floor, or that begin or end in a folder without one.</summary>
    public static IEnumerable<Arrow> Wrong(IEnumerable<Arrow> arrows, string[][] floors) =>
        arrows.Where(arrow => FolderOf(arrow.From) != FolderOf(arrow.To)
            && (FloorOf(floors, arrow.To) < 0 || FloorOf(floors, arrow.To) >= FloorOf(floors, arrow.From)));

    /// <summary>Circles of files: each is reached from each other one. The largest first.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> Circles(IReadOnlyList<Arrow> arrows)
    {
        var next = arrows.ToLookup(arrow => arrow.From, arrow => arrow.To);
        var reached = arrows.SelectMany(arrow => new[] { arrow.From, arrow.To }).Distinct()
            .ToDictionary(file => file, file => Reach(file, next));
        return
        [
            .. reached.Keys.Where(file => reached[file].Contains(file))
                .GroupBy(file => string.Join('|', reached[file].Where(other => reached[other].Contains(file)).Order()))
                .Select(circle => circle.Order().ToList())
                .OrderByDescending(circle => circle.Count),
        ];
    }

    private static HashSet<string> Reach(string start, ILookup<string, string> next)
    {
        var reached = new HashSet<string>();
        var waiting = new Stack<string>(next[start]);
        while (waiting.TryPop(out var file))
        {
            if (!reached.Add(file)) continue;
            foreach (var further in next[file]) waiting.Push(further);
        }
        return reached;
    }

    private static Dictionary<string, string> FilesOf(string project)
    {
        var files = new Dictionary<string, string>();
        foreach (var file in Repository.Product.Where(file => file.Extension == ".cs" && file.IsIn($"src/{project}")))
            foreach (var type in Syntax.TopLevelTypes(file.Syntax))
                files[Syntax.NameOf(type)] = file.Path[$"src/{project}/".Length..];
        return files;
    }

    private static int FloorOf(string[][] floors, string file) =>
        Array.FindIndex(floors, floor => floor.Contains(FolderOf(file)));

    private static string NameOf(Type type) => type.Name.Split('`')[0];

    private static string FolderOf(string file) => Path.GetDirectoryName(file)!;
}
