using Microsoft.Extensions.Logging;
using Tipi.Hosting.Diagnostics;

namespace Tipi.Hosting.Tls.Certificates;

/// <summary>
/// The certificates that come from files, each once, however many endpoints and names show it. When the files change
/// their place gets the new certificate; files that cannot be used leave the old one there and are read again until
/// they can.
/// </summary>
/// <remarks>Places are forgotten once no endpoint and no handshake has them.</remarks>
internal sealed class CertificateBook
{
    private readonly Lock _lock = new();
    private Dictionary<CertificateFiles, Entry>? _entries;
    private Action? _whenUsed;

    /// <summary>Loads a certificate, or gives the place of one that was loaded before.</summary>
    /// <exception cref="InvalidOperationException">The files cannot be used; the message says why.</exception>
    internal CertificateSlot Open(CertificateFiles files, CertificateNames names)
    {
        lock (_lock)
        {
            _entries ??= [];
            if (_entries.TryGetValue(files, out Entry? known) && known.Slot is { } slot) return slot;
            // Before the files: a change while they are read is seen afterwards.
            FileStamps stamps = FileStamps.Of(files);
            slot = new CertificateSlot(CertificateLoading.Load(files, names), files.ToString());
            _entries[files] = new Entry(files, names, slot, stamps);
            _whenUsed?.Invoke();
            _whenUsed = null;
            return slot;
        }
    }

    /// <summary>Calls once, as soon as there is a certificate: most applications have none.</summary>
    /// <param name="act">Neither waits nor throws.</param>
    internal void WhenUsed(Action act)
    {
        lock (_lock)
        {
            if (_entries is null) _whenUsed = act;
            else act();
        }
    }

    /// <summary>Looks at all files once; what goes wrong is logged, once for each state of the files.</summary>
    internal void Refresh(ILogger log)
    {
        foreach (Entry entry in Snapshot())
            if (entry.Slot is { } slot) entry.Refresh(slot, log);
    }

    private Entry[] Snapshot()
    {
        lock (_lock)
        {
            if (_entries is null) return [];
            foreach ((CertificateFiles files, Entry entry) in _entries)
                if (entry.Slot is null) _entries.Remove(files);
            return [.. _entries.Values];
        }
    }

    private readonly record struct FileStamps(FileStamp Certificate, FileStamp Key)
    {
        internal static FileStamps Of(CertificateFiles files) =>
            new(FileStamp.Of(files.Path), FileStamp.Of(files.KeyPath));
    }

    private sealed class Entry(CertificateFiles files, CertificateNames names, CertificateSlot slot, FileStamps stamps)
    {
        private readonly WeakReference<CertificateSlot> _slot = new(slot);
        private FileStamps _stamps = stamps;
        private bool _hasFailed;

        internal CertificateSlot? Slot => _slot.TryGetTarget(out CertificateSlot? target) ? target : null;

        internal void Refresh(CertificateSlot slot, ILogger log)
        {
            FileStamps stamps = FileStamps.Of(files);
            bool hasChanged = stamps != _stamps;
            // Rights may be given later, which no stamp shows.
            if (!hasChanged && !_hasFailed) return;
            _stamps = stamps;
            try
            {
                ServedCertificate next = CertificateLoading.Load(files, names);
                _hasFailed = false;
                slot.Replace(next);
                log.CertificateReplaced(files.ToString(), next.Certificate.Thumbprint, next.Certificate.NotAfter);
                CertificateChecks.Warn(next.Certificate, files.ToString(), log);
            }
            catch (Exception error)
            {
                _hasFailed = true;
                if (hasChanged) log.CertificateKept(error, files.ToString());
            }
        }
    }
}
