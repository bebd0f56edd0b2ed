namespace Tipi.Compare.Load;

/// <summary>How hard wrk drives: connections, requests sent at once on each, and for how long.</summary>
internal sealed record WrkLoad(int Connections, int Batch, int BodyBytes, int Threads, int Seconds);
