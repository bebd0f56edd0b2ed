using System.Runtime.ExceptionServices;

namespace Tipi.Transport.Uring.Rings;

/// <summary>
/// Memory that is not to be had at the moment, and that a ring cannot go on without: it is asked for again and again.
/// </summary>
/// <remarks>
/// The ring's turn stands still meanwhile. What frees memory goes on: handlers on other threads, and the collector.
/// A shortage that does not end fails the ring, which is then replaced or the host stopped: better than a server that
/// accepts and never answers.
/// </remarks>
internal static class Shortage
{
    /// <summary>Between two tries: little against a shortage, and enough not to burn the processor.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private const int MostTries = 2000; // 10 s and more

    /// <summary>
    /// Does what needs memory. It must be as good as not begun when it throws <see cref="OutOfMemoryException"/>.
    /// </summary>
    public static TResult Outlast<TState, TResult>(Func<TState, TResult> make, TState state)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return make(state);
            }
            catch (OutOfMemoryException e)
            {
                if (tries == MostTries) ExceptionDispatchInfo.Throw(e);
                Thread.Sleep(Pause);
            }
        }
    }

    /// <inheritdoc cref="Outlast{TState, TResult}"/>
    public static void Outlast<TState>(Action<TState> act, TState state) => Outlast(
        static at =>
        {
            at.act(at.state);
            return true;
        },
        (act, state));
}
