using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.OutputCaching;
using MinimalApi.Live;

namespace MinimalApi.Todos;

/// <summary>JSON in and out: list, read, add, replace, remove; and a summary from the output cache.</summary>
internal static class TodoEndpoints
{
    private const string CacheTag = "todos";

    public static void MapTodos(this IEndpointRouteBuilder app)
    {
        var todos = app.MapGroup("/todos").WithTags("Todos");
        todos.MapGet("/", (TodoStore store, bool? done) => TypedResults.Ok(store.List(done)));
        todos.MapGet("/summary", (TodoStore store) => TypedResults.Ok(store.Summarize()))
            .CacheOutput(policy => policy.Expire(TimeSpan.FromMinutes(1)).Tag(CacheTag));
        todos.MapGet("/{id:int}", Find);
        todos.MapPost("/", AddAsync);
        todos.MapPut("/{id:int}", ReplaceAsync);
        todos.MapDelete("/{id:int}", RemoveAsync);
    }

    private static Results<Ok<Todo>, NotFound> Find(int id, TodoStore store) =>
        store.Find(id) is { } todo ? TypedResults.Ok(todo) : TypedResults.NotFound();

    private static async Task<Created<Todo>> AddAsync(
        TodoDraft draft, TodoStore store, Feed feed, IOutputCacheStore cache, CancellationToken stop)
    {
        var todo = store.Add(draft);
        await TellAsync("added", todo, feed, cache, stop);
        return TypedResults.Created($"/todos/{todo.Id}", todo);
    }

    private static async Task<Results<Ok<Todo>, NotFound>> ReplaceAsync(
        int id, TodoDraft draft, TodoStore store, Feed feed, IOutputCacheStore cache, CancellationToken stop)
    {
        if (store.Replace(id, draft) is not { } todo) return TypedResults.NotFound();
        await TellAsync("changed", todo, feed, cache, stop);
        return TypedResults.Ok(todo);
    }

    private static async Task<Results<NoContent, NotFound>> RemoveAsync(
        int id, TodoStore store, Feed feed, IOutputCacheStore cache, CancellationToken stop)
    {
        if (store.Remove(id) is not { } todo) return TypedResults.NotFound();
        await TellAsync("removed", todo, feed, cache, stop);
        return TypedResults.NoContent();
    }

    private static async Task TellAsync(
        string what, Todo todo, Feed feed, IOutputCacheStore cache, CancellationToken stop)
    {
        await cache.EvictByTagAsync(CacheTag, stop);
        feed.Publish(new TodoChange(what, todo));
    }
}
