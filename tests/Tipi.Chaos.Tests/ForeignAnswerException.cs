namespace Tipi.Chaos.Tests;

/// <summary>An answer that looks whole is not what this client asked for.</summary>
internal sealed class ForeignAnswerException(string message) : Exception(message);
