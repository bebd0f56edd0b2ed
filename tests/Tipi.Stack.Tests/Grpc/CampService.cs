using Grpc.Core;
using Microsoft.AspNetCore.Http.Features;

namespace Tipi.Stack.Tests.Grpc;

/// <summary>The service of <c>camp.proto</c>: calls of all four kinds, and how they go wrong.</summary>
internal sealed class CampService(Departures departures) : Camp.CampBase
{
    /// <summary>The note comes back; metadata as well, before and after it.</summary>
    public override async Task<Note> Echo(Note request, ServerCallContext context)
    {
        var before = new Metadata();
        if (context.RequestHeaders.GetValue("x-said") is { } said)
        {
            before.Add("x-heard", said);
            context.ResponseTrailers.Add("x-after", said);
        }
        if (context.RequestHeaders.GetValueBytes("x-said-bin") is { } bytes) before.Add("x-heard-bin", bytes);
        if (before.Count > 0) await context.WriteResponseHeadersAsync(before);
        return request;
    }

    public override async Task Count(
        Note request, IServerStreamWriter<Note> responseStream, ServerCallContext context)
    {
        for (int i = 0; i < request.Count; i++)
            await responseStream.WriteAsync(new Note(request) { Count = i }, context.CancellationToken);
    }

    public override async Task<Note> Weigh(IAsyncStreamReader<Note> requestStream, ServerCallContext context)
    {
        (int notes, int bytes) = (0, 0);
        await foreach (Note note in requestStream.ReadAllAsync(context.CancellationToken))
        {
            notes++;
            bytes += note.Load.Length;
        }
        return new Note { Text = $"{bytes} bytes", Count = notes };
    }

    public override async Task Talk(
        IAsyncStreamReader<Note> requestStream, IServerStreamWriter<Note> responseStream, ServerCallContext context)
    {
        await foreach (Note note in requestStream.ReadAllAsync(context.CancellationToken))
            await responseStream.WriteAsync(new Note(note) { Count = note.Count + 1 }, context.CancellationToken);
    }

    /// <summary>Ends with the status that the note counts, before or after one message.</summary>
    public override async Task Fail(
        Note request, IServerStreamWriter<Note> responseStream, ServerCallContext context)
    {
        if (request.Load.Length > 0) await responseStream.WriteAsync(request);
        throw new RpcException(new Status((StatusCode)request.Count, request.Text));
    }

    /// <summary>Resets the stream with the error code that the note counts.</summary>
    public override Task<Note> Reset(Note request, ServerCallContext context)
    {
        context.GetHttpContext().Features.GetRequiredFeature<IHttpResetFeature>().Reset(request.Count);
        return Task.FromResult(request);
    }

    /// <summary>Never answers; counts the client's going.</summary>
    public override async Task<Note> Wait(Note request, ServerCallContext context)
    {
        string id = context.GetHttpContext().Connection.Id;
        await context.WriteResponseHeadersAsync(new Metadata { { "x-connection", id } });
        try
        {
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
        }
        catch (OperationCanceledException)
        {
            departures.Add();
        }
        return request;
    }

    public override Task<Note> Departed(Note request, ServerCallContext context) =>
        Task.FromResult(new Note { Text = context.GetHttpContext().Connection.Id, Count = departures.Count });

    /// <summary>Gives up behind the first note.</summary>
    public override async Task<Note> Doubt(IAsyncStreamReader<Note> requestStream, ServerCallContext context)
    {
        await requestStream.MoveNext(context.CancellationToken);
        throw new RpcException(new Status(StatusCode.Aborted, "enough"));
    }

    /// <summary>The note, every few milliseconds until nobody listens any more.</summary>
    public override async Task Tick(
        Note request, IServerStreamWriter<Note> responseStream, ServerCallContext context)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (await timer.WaitForNextTickAsync(context.CancellationToken)) await responseStream.WriteAsync(request);
    }

    /// <summary>Answers what it reads, and notes how its last read ended.</summary>
    public override async Task Listen(
        IAsyncStreamReader<Note> requestStream, IServerStreamWriter<Note> responseStream, ServerCallContext context)
    {
        try
        {
            while (await requestStream.MoveNext(CancellationToken.None))
                await responseStream.WriteAsync(requestStream.Current, CancellationToken.None);
            departures.LastRead.TrySetResult("end");
        }
        catch (Exception error)
        {
            departures.LastRead.TrySetResult(error.GetType().Name);
            throw;
        }
    }
}
