using Tipi.Parity.Habits;
using Tipi.Parity.Servers;

namespace Tipi.Parity.Frames;

/// <summary>A request of HTTP/2 and what an application does with it.</summary>
/// <param name="Name">Unique.</param>
/// <param name="Frames">What is sent.</param>
/// <param name="App">Serves it and notes what it sees.</param>
internal sealed record FrameHabit(string Name, byte[][] Frames, Func<HttpContext, Notes, Task> App)
{
    /// <summary>Streams that have to be over.</summary>
    internal int[] Streams { get; init; } = [1];

    /// <summary>What the client does when it hears that the application has signalled "go".</summary>
    internal byte[][] Later { get; init; } = [];

    /// <summary>The application's end, or something after it, without which the notes are not complete.</summary>
    internal string Last { get; init; } = "end";

    /// <summary>The server ends the connection.</summary>
    internal bool IsLast { get; init; }

    internal async Task<string> TalkAsync(FrameWire wire, Notes notes)
    {
        await wire.SendAsync(Frames);
        if (Later.Length > 0)
        {
            await notes.HappensAsync("go");
            await wire.SendAsync(Later);
        }
        if (!await notes.HappensAsync(Last)) return "never: " + Last;
        wire.AnswersPings = true;
        if (IsLast) await wire.HearToEndAsync();
        else await wire.SeeEndAsync(Streams);
        wire.MergeFarewells();
        return wire.Show(withFields: true);
    }
}
