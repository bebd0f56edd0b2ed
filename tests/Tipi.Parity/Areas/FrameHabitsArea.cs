using System.Collections.Concurrent;
using Tipi.Parity.Frames;
using Tipi.Parity.Habits;
using Tipi.Parity.Servers;

namespace Tipi.Parity.Areas;

/// <summary>What an application sees over HTTP/2, and what its client gets.</summary>
internal sealed class FrameHabitsArea : IArea
{
    private const int AtOnce = 16;

    public string Name => "HTTP/2: habits";

    public string Meaning => "What the application sees and, after the arrow, what its client receives.";

    public async Task<IReadOnlyDictionary<string, string>> AskAsync(Subject subject)
    {
        var served = new ConcurrentDictionary<int, (FrameHabit Habit, Notes Notes)>();
        await using SubjectServer server = await SubjectServer.StartAsync(subject, Settings.Http2, Application);
        var values = new ConcurrentDictionary<string, string>();
        var width = new ParallelOptions { MaxDegreeOfParallelism = AtOnce };
        await Parallel.ForEachAsync(FrameHabits.All, width, async (habit, _) =>
        {
            var notes = new Notes();
            using FrameWire wire = await FrameWire.OpenAsync(server.Port);
            served[wire.LocalPort] = (habit, notes);
            await wire.SendAsync(Say.Preface, Say.Settings());
            string seen = await habit.TalkAsync(wire, notes);
            values[habit.Name] = notes.ToString() is { Length: > 0 } text ? $"{text} → {seen}" : $"→ {seen}";
        });
        return FrameHabits.All.ToDictionary(habit => habit.Name, habit => values[habit.Name]);

        async Task Application(HttpContext http)
        {
            (FrameHabit habit, Notes notes) = served[http.Connection.RemotePort];
            try
            {
                await habit.App(http, notes);
            }
            finally
            {
                notes.Signal("end");
            }
        }
    }
}
