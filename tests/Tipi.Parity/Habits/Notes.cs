using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Tipi.Parity.Habits;

/// <summary>What an application saw while it served one connection, in its order.</summary>
internal sealed class Notes
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly ConcurrentQueue<string> _all = [];
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _signals = [];

    /// <summary>Counts the requests of the connection.</summary>
    internal int Requests { get; set; }

    internal void Add(string note) => _all.Enqueue(note);

    /// <summary>Notes what an expression is.</summary>
    internal void See(object? value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        _all.Enqueue($"{Short(name)} = {value ?? "null"}");

    /// <summary>Notes the type of what is thrown, or that nothing is.</summary>
    internal void Try(Action act, [CallerArgumentExpression(nameof(act))] string name = "")
    {
        try
        {
            act();
            _all.Enqueue($"{Short(name)}: ok");
        }
        catch (Exception error)
        {
            _all.Enqueue($"{Short(name)}: {Describe(error)}");
        }
    }

    /// <summary>Notes the type of what is thrown, or that nothing is.</summary>
    internal async Task TryAsync(Func<Task> act, [CallerArgumentExpression(nameof(act))] string name = "")
    {
        try
        {
            await act();
            _all.Enqueue($"{Short(name)}: ok");
        }
        catch (Exception error)
        {
            _all.Enqueue($"{Short(name)}: {Describe(error)}");
        }
    }

    /// <summary>Lets a client or another request go on that waits for this.</summary>
    internal void Signal(string name) => SourceOf(name).TrySetResult();

    /// <summary>Waits for a signal; false when it does not come.</summary>
    internal async Task<bool> HappensAsync(string name)
    {
        Task signal = SourceOf(name).Task;
        return await Task.WhenAny(signal, Task.Delay(s_patience)) == signal;
    }

    public override string ToString() => string.Join(", ", _all);

    private static string Describe(Exception error) => error switch
    {
        BadHttpRequestException bad => $"{error.GetType().Name} {bad.StatusCode}",
        // Whoever waits for one catches the other.
        OperationCanceledException => nameof(OperationCanceledException),
        _ => error.GetType().Name,
    };

    private static string Short(string expression) =>
        expression.StartsWith("() => ", StringComparison.Ordinal) ? expression["() => ".Length..] : expression;

    private TaskCompletionSource SourceOf(string name) =>
        _signals.GetOrAdd(name, static _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
}
