namespace MinimalApi.Live;

/// <summary>How the browser is connected: SignalR's transport, and the HTTP beneath it.</summary>
public sealed record ChatWelcome(string Transport, string Protocol);
