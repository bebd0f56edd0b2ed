using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Configuration;

namespace Tipi.Hosting.Tests.Kestrel;

/// <summary>A protocol that is not HTTP, as packages bring it: sends back what it gets, after a greeting.</summary>
internal sealed class Echo(IConfiguration configuration) : ConnectionHandler
{
    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        PipeWriter output = connection.Transport.Output;
        await output.WriteAsync(System.Text.Encoding.ASCII.GetBytes($"{configuration["greeting"]}\n"));
        while (true)
        {
            ReadResult read = await connection.Transport.Input.ReadAsync();
            foreach (ReadOnlyMemory<byte> part in read.Buffer) output.Write(part.Span);
            connection.Transport.Input.AdvanceTo(read.Buffer.End);
            await output.FlushAsync();
            if (read.IsCompleted) return;
        }
    }
}
