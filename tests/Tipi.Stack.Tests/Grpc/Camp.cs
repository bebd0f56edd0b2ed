using Microsoft.AspNetCore.Http.Features;

namespace Tipi.Stack.Tests.Grpc;

/// <summary>The service of <c>camp.proto</c>: calls of all four kinds, and how they go wrong.</summary>
internal sealed class Camp
{
    private int _departed;

    internal void Map(WebApplication app)
    {
        Map(app, "Echo", EchoAsync);
        Map(app, "Count", CountAsync);
        Map(app, "Weigh", WeighAsync);
        Map(app, "Talk", TalkAsync);
        Map(app, "Fail", FailAsync);
        Map(app, "Reset", ResetAsync);
        Map(app, "Wait", WaitAsync);
        Map(app, "Departed", DepartedAsync);
    }

    private static void Map(WebApplication app, string method, Func<GrpcCall, Task> serve) =>
        app.MapPost($"/tipi.Camp/{method}", async context =>
        {
            Assert.Equal("HTTP/2", context.Request.Protocol);
            Assert.Equal("application/grpc", context.Request.ContentType);
            Assert.Equal("trailers", context.Request.Headers.TE);
            context.Response.ContentType = "application/grpc";
            await serve(new GrpcCall(context));
        });

    /// <summary>The note comes back; metadata as well, before and after it.</summary>
    private static async Task EchoAsync(GrpcCall call)
    {
        (HttpRequest request, HttpResponse response) = (call.Context.Request, call.Context.Response);
        response.Headers["x-heard"] = request.Headers["x-said"];
        response.Headers["x-heard-bin"] = request.Headers["x-said-bin"];
        Note note = await call.ReadOneAsync();
        Assert.Null(await call.ReadAsync());
        await call.WriteAsync(note);
        response.AppendTrailer("x-after", request.Headers["x-said"]);
        call.End(0);
    }

    private static async Task CountAsync(GrpcCall call)
    {
        Note note = await call.ReadOneAsync();
        for (var i = 0; i < note.Count; i++) await call.WriteAsync(note with { Count = i });
        call.End(0);
    }

    private static async Task WeighAsync(GrpcCall call)
    {
        (int notes, int bytes) = (0, 0);
        while (await call.ReadAsync() is { } note)
        {
            notes++;
            bytes += note.Load.Length;
        }
        await call.WriteAsync(new Note($"{bytes} bytes", notes, []));
        call.End(0);
    }

    private static async Task TalkAsync(GrpcCall call)
    {
        while (await call.ReadAsync() is { } note) await call.WriteAsync(note with { Count = note.Count + 1 });
        call.End(0);
    }

    /// <summary>Ends with the status that the note counts, before or after one message.</summary>
    private static async Task FailAsync(GrpcCall call)
    {
        Note note = await call.ReadOneAsync();
        if (note.Load.Length > 0) await call.WriteAsync(note);
        call.End(note.Count, note.Text);
    }

    /// <summary>Resets the stream with the error code that the note counts.</summary>
    private static async Task ResetAsync(GrpcCall call)
    {
        Note note = await call.ReadOneAsync();
        call.Context.Features.GetRequiredFeature<IHttpResetFeature>().Reset(note.Count);
    }

    /// <summary>Never answers; counts the client's going.</summary>
    private async Task WaitAsync(GrpcCall call)
    {
        call.Context.Response.Headers["x-connection"] = call.Context.Connection.Id;
        await call.Context.Response.BodyWriter.FlushAsync(call.Context.RequestAborted);
        try
        {
            await Task.Delay(Timeout.Infinite, call.Context.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            Interlocked.Increment(ref _departed);
        }
    }

    private async Task DepartedAsync(GrpcCall call)
    {
        await call.ReadOneAsync();
        await call.WriteAsync(new Note(call.Context.Connection.Id, Volatile.Read(ref _departed), []));
        call.End(0);
    }
}
