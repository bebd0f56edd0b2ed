using System.IO.Pipelines;
using System.Net;
using System.Security.Cryptography;
using Tipi.Hosting.Tests.Server;

namespace Tipi.Hosting.Tests.Connections;

/// <summary>Writes that nobody awaits, where a middleware's pipes, over streams, have one user at a time.</summary>
public sealed class StagedWriterTests
{
    private const int Pieces = 30;
    private const int Size = 70_000;

    [Theory, OnEachTransport]
    public async Task Nothing_is_lost_or_moved(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, WriteAsync, options =>
            options.Listen(IPAddress.Loopback, 0, endpoint => endpoint.Use(next => async connection =>
            {
                IDuplexPipe inner = connection.Transport;
                connection.Transport = new OverStreams(inner);
                await next(connection);
                connection.Transport = inner;
            })));
        byte[] expected = [.. Enumerable.Range(0, Pieces).SelectMany(PieceOf)];
        using var client = new HttpClient();
        for (int i = 0; i < 3; i++)
        {
            byte[] body = await client.GetByteArrayAsync(new Uri($"http://127.0.0.1:{server.Ports[1]}/"));
            Assert.Equal(expected.Length, body.Length);
            Assert.Equal(SHA256.HashData(expected), SHA256.HashData(body));
        }
    }

    private static Task WriteAsync(HttpContext context)
    {
        for (int i = 0; i < Pieces; i++)
        {
            byte[] piece = PieceOf(i);
            if (i % 2 == 0)
            {
                _ = context.Response.Body.WriteAsync(piece).AsTask();
                continue;
            }
            piece.CopyTo(context.Response.BodyWriter.GetSpan(Size));
            context.Response.BodyWriter.Advance(Size);
            _ = context.Response.BodyWriter.FlushAsync().AsTask();
        }
        return Task.CompletedTask;
    }

    private static byte[] PieceOf(int number)
    {
        byte[] piece = new byte[Size];
        for (int i = 0; i < Size; i++) piece[i] = (byte)(number * 7 + i + (i >> 8));
        return piece;
    }

    private sealed class OverStreams(IDuplexPipe inner) : IDuplexPipe
    {
        public PipeReader Input { get; } = PipeReader.Create(inner.Input.AsStream());

        public PipeWriter Output { get; } = PipeWriter.Create(inner.Output.AsStream());
    }
}
