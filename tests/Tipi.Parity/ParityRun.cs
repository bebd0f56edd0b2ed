using Tipi.Parity.Areas;
using Tipi.Parity.Habits;
using Tipi.Parity.Report;
using Tipi.Parity.Servers;

namespace Tipi.Parity;

/// <summary>Asks everything of every server that this machine can run.</summary>
internal static class ParityRun
{
    private const string Absent = "–";

    /// <summary>The areas, in the order of the document.</summary>
    internal static IReadOnlyList<IArea> Areas { get; } =
    [
        new FeaturesArea(),
        new HabitsArea("Feature by feature", FeatureHabits.All),
        new HabitsArea("Response heads", HeadHabits.All),
        new HabitsArea("Headers", [.. HeaderHabits.All, .. EnumerationHabits.All]),
        new HabitsArea("Response bodies", [.. BodyHabits.All, .. StartHabits.All]),
        new HabitsArea("Several tasks", TaskHabits.All),
        new HabitsArea("Requests", RequestHabits.All),
        new HabitsArea("Lives", [.. LifeHabits.All, .. KeptHabits.All]),
        new RefusalsArea(),
        new FramesArea(),
        new SectionsArea(),
        new FrameHabitsArea(),
        new TlsArea(),
        new CertificatesArea(),
        new OptionsArea(),
        new AddressesArea(),
        new ToldArea(),
        new InstrumentsArea(),
        new TelemetryArea(),
        new EventSourceArea(),
    ];

    /// <param name="only">The name of one area; null: all of them.</param>
    internal static async Task<IReadOnlyList<ParityRow>> AskAsync(string? only = null)
    {
        var rows = new List<ParityRow>();
        foreach (IArea area in Areas.Where(area => only is null || area.Name == only))
            rows.AddRange(await AskAsync(area));
        return rows;
    }

    private static async Task<IReadOnlyList<ParityRow>> AskAsync(IArea area)
    {
        Task<IReadOnlyDictionary<string, string>> askKestrel = AskKestrelAsync(area);
        Task<IReadOnlyDictionary<string, string>> askSockets = area.AskAsync(Subject.TipiSockets);
        Task<IReadOnlyDictionary<string, string>> askRings =
            Subjects.HasRings ? area.AskAsync(Subject.TipiRings) : askSockets;
        var (kestrel, sockets, rings) = (await askKestrel, await askSockets, await askRings);
        IReadOnlyList<ParityRow> rows = Compare(area, kestrel, sockets, rings);
        // What differs without a reason may be a race of Kestrel's own, which its rule decides.
        return rows.Any(row => !row.IsSame && Differences.ReasonOf(row) is null)
            ? Compare(area, await AskKestrelAgainAsync(area, kestrel), sockets, rings)
            : rows;
    }

    private static IReadOnlyList<ParityRow> Compare(
        IArea area,
        IReadOnlyDictionary<string, string> kestrel,
        IReadOnlyDictionary<string, string> sockets,
        IReadOnlyDictionary<string, string> rings) =>
    [
        .. from name in kestrel.Keys.Concat(sockets.Keys).Concat(rings.Keys).Distinct()
           let onSockets = sockets.GetValueOrDefault(name, Absent)
           let onRings = rings.GetValueOrDefault(name, Absent)
           let tipi = onSockets == onRings ? onSockets : $"io_uring: {onRings} / sockets: {onSockets}"
           select new ParityRow(area.Name, name, kestrel.GetValueOrDefault(name, Absent), tipi),
    ];

    /// <summary>
    /// What Kestrel does as a rule. It ends a connection while it still answers what came before the fault, and now and
    /// then one of the two is lost, or is logged outside of its scope: its value there is that of two of three. Tipi's
    /// has to be the same each time.
    /// </summary>
    private static async Task<IReadOnlyDictionary<string, string>> AskKestrelAsync(IArea area)
    {
        IReadOnlyDictionary<string, string> first = await area.AskAsync(Subject.Kestrel);
        return area is FramesArea or SectionsArea or TelemetryArea
            ? await AskKestrelAgainAsync(area, first)
            : first;
    }

    private static async Task<IReadOnlyDictionary<string, string>> AskKestrelAgainAsync(
        IArea area, IReadOnlyDictionary<string, string> first)
    {
        IReadOnlyDictionary<string, string>[] all =
            [first, await area.AskAsync(Subject.Kestrel), await area.AskAsync(Subject.Kestrel)];
        return first.Keys.ToDictionary(name => name, name => all.Select(one => one.GetValueOrDefault(name, Absent))
            .GroupBy(value => value).MaxBy(values => values.Count())!.Key);
    }
}
