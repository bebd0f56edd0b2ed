using System.Reflection;
using Microsoft.Extensions.Logging;
using Tipi.Tidy.Tests.Source;

namespace Tipi.Tidy.Tests.Compiled;

/// <summary>docs/LOGS.md lists each event that the product logs, and operators can rely on its ids.</summary>
public sealed class LogTableTests
{
    private static readonly string[] s_projects = ["Tipi.Hosting", "Tipi.Transport.Uring"];

    private static IEnumerable<(string Category, LoggerMessageAttribute Event, string Name)> Events =>
        from project in s_projects
        from type in Product.Assembly(project).GetTypes()
        from method in type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
        let attribute = method.GetCustomAttribute<LoggerMessageAttribute>()
        where attribute is not null
        select (CategoryOf(project, type), attribute, attribute.EventName ?? method.Name);

    [Fact]
    public void The_table_is_what_the_code_says()
    {
        string[] rows = Events
            .OrderBy(one => one.Category, StringComparer.Ordinal).ThenBy(one => one.Event.EventId)
            .Select(one => $"| `{one.Category}` | {one.Event.EventId} | {one.Name} | {one.Event.Level} | "
                + $"{one.Event.Message.ReplaceLineEndings(" ")} |")
            .ToArray();
        string[] listed = File.ReadAllLines(Path.Combine(Repository.Root, "docs/LOGS.md"))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal)).ToArray();

        Assert.True(rows.SequenceEqual(listed), "docs/LOGS.md should say:\n" + string.Join('\n', rows));
    }

    [Fact]
    public void An_id_means_one_thing_in_its_category() =>
        Assert.Empty(Events.GroupBy(one => (one.Category, one.Event.EventId)).Where(group => group.Count() > 1)
            .Select(group => group.Key));

    private static string CategoryOf(string project, Type type) =>
        (string?)type.GetField("Category", BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
            ?.GetRawConstantValue() ?? project;
}
