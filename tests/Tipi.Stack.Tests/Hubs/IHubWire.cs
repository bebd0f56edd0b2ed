namespace Tipi.Stack.Tests.Hubs;

/// <summary>One of the ways in which records of a hub travel. Disposing it says goodbye as the way has it.</summary>
internal interface IHubWire : IAsyncDisposable
{
    Task SendAsync(string records);

    /// <summary>One or more records, or none yet (empty); null: the server has ended the conversation.</summary>
    Task<string?> ReceiveAsync(CancellationToken cancellation);
}
