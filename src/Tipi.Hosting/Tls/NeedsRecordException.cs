namespace Tipi.Hosting.Tls;

/// <summary>
/// The records that were lent held no data for the application, and the TLS library asks for one more. Rare: after a
/// change of keys, say.
/// </summary>
internal sealed class NeedsRecordException() : IOException("More TLS records are needed.");
