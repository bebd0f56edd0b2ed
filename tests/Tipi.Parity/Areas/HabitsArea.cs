using System.Collections.Concurrent;
using Tipi.Parity.Habits;
using Tipi.Parity.Servers;

namespace Tipi.Parity.Areas;

/// <summary>What an application sees, and what its client gets.</summary>
internal sealed class HabitsArea(string name, IReadOnlyList<Habit> habits) : IArea
{
    private const int AtOnce = 16;

    public string Name => name;

    public string Meaning => "What the application sees and, after the arrow, what its client receives.";

    public async Task<IReadOnlyDictionary<string, string>> AskAsync(Subject subject)
    {
        var values = new ConcurrentDictionary<string, string>();
        foreach (var group in habits.GroupBy(habit => habit.Settings))
            await AskGroupAsync(subject, group.Key, [.. group], values);
        return habits.ToDictionary(habit => habit.Name, habit => values[habit.Name]);
    }

    private static async Task AskGroupAsync(
        Subject subject, Settings settings, IReadOnlyList<Habit> group, ConcurrentDictionary<string, string> values)
    {
        var served = new ConcurrentDictionary<int, (Habit Habit, Notes Notes)>();
        await using SubjectServer server = await SubjectServer.StartAsync(subject, settings, Application);
        var width = new ParallelOptions { MaxDegreeOfParallelism = AtOnce };
        await Parallel.ForEachAsync(group, width, async (habit, _) =>
        {
            var notes = new Notes();
            using Wire wire = await server.ConnectAsync();
            served[wire.LocalPort] = (habit, notes);
            string seen = await habit.TalkAsync(wire, notes);
            if (habit.IsServed && !await notes.HappensAsync(habit.Last)) seen += ", and never: " + habit.Last;
            values[habit.Name] = notes.ToString() is { Length: > 0 } text ? $"{text} → {seen}" : $"→ {seen}";
        });

        async Task Application(HttpContext context)
        {
            if (context.Request.Path == $"/{KeptHabits.Stranger}")
            {
                context.Response.Headers[KeptHabits.Stranger] = "1";
                await Task.Delay(TimeSpan.FromSeconds(1), context.RequestAborted);
                return;
            }
            (Habit habit, Notes notes) = served[context.Connection.RemotePort];
            if (context.Request.Path == Dialogue.AgainPath) return;
            notes.Requests++;
            try
            {
                await habit.App(context, notes);
            }
            finally
            {
                notes.Signal("end");
            }
        }
    }
}
