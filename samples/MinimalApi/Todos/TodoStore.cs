using System.Collections.Concurrent;

namespace MinimalApi.Todos;

/// <summary>The todos, in memory.</summary>
public sealed class TodoStore
{
    private readonly ConcurrentDictionary<int, Todo> _todos = new();
    private int _lastId;

    /// <summary>Starts with three todos, so that the page has something to show.</summary>
    public TodoStore()
    {
        Add(new TodoDraft("Find a flat place", Done: true));
        Add(new TodoDraft("Put up the poles"));
        Add(new TodoDraft("Light the fire"));
    }

    /// <summary>All todos, or those with the given state, oldest first.</summary>
    public IReadOnlyList<Todo> List(bool? done = null) =>
        [.. _todos.Values.Where(todo => done is null || todo.Done == done).OrderBy(todo => todo.Id)];

    /// <summary>The todo, or null.</summary>
    public Todo? Find(int id) => _todos.GetValueOrDefault(id);

    /// <summary>Adds a todo and gives it the next id.</summary>
    public Todo Add(TodoDraft draft)
    {
        var id = Interlocked.Increment(ref _lastId);
        return _todos[id] = new Todo(id, draft.Title!, draft.Done, draft.Due);
    }

    /// <summary>Replaces a todo. Null when there is none with this id.</summary>
    public Todo? Replace(int id, TodoDraft draft)
    {
        while (_todos.TryGetValue(id, out var old))
        {
            var todo = new Todo(id, draft.Title!, draft.Done, draft.Due);
            if (_todos.TryUpdate(id, todo, old)) return todo;
        }
        return null;
    }

    /// <summary>Removes a todo and returns it, or null when there is none with this id.</summary>
    public Todo? Remove(int id) => _todos.TryRemove(id, out var todo) ? todo : null;

    /// <summary>Counts of all todos.</summary>
    public TodoSummary Summarize()
    {
        var all = List();
        var done = all.Count(todo => todo.Done);
        return new TodoSummary(all.Count, done, all.Count - done);
    }
}
