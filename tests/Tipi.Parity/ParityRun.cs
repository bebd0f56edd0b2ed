using Tipi.Parity.Areas;
using Tipi.Parity.Habits;
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

    private static async Task<IEnumerable<ParityRow>> AskAsync(IArea area)
    {
        Task<IReadOnlyDictionary<string, string>> askKestrel = AskKestrelAsync(area);
        Task<IReadOnlyDictionary<string, string>> askSockets = area.AskAsync(Subject.TipiSockets);
        Task<IReadOnlyDictionary<string, string>> askRings =
            Subjects.HasRings ? area.AskAsync(Subject.TipiRings) : askSockets;
        var (kestrel, sockets, rings) = (await askKestrel, await askSockets, await askRings);
        return
            from name in kestrel.Keys.Concat(sockets.Keys).Concat(rings.Keys).Distinct()
            let onSockets = sockets.GetValueOrDefault(name, Absent)
            let onRings = rings.GetValueOrDefault(name, Absent)
            let tipi = onSockets == onRings ? onSockets : $"io_uring: {onRings} / sockets: {onSockets}"
            select new ParityRow(area.Name, name, kestrel.GetValueOrDefault(name, Absent), tipi);
    }

    /// <summary>
    /// What Kestrel does as a rule. It ends a connection while it still answers what came before the fault, and now and
    /// then one of the two is lost: its value there is that of two of three. Tipi's has to be the same each time.
    /// </summary>
    private static async Task<IReadOnlyDictionary<string, string>> AskKestrelAsync(IArea area)
    {
        if (area is not (FramesArea or SectionsArea)) return await area.AskAsync(Subject.Kestrel);
        var all = new List<IReadOnlyDictionary<string, string>>();
        for (int i = 0; i < 3; i++) all.Add(await area.AskAsync(Subject.Kestrel));
        return all[0].Keys.ToDictionary(name => name, name => all.Select(one => one[name])
            .GroupBy(value => value).MaxBy(values => values.Count())!.Key);
    }
}
