using System.Runtime.InteropServices;
using Tipi.Transport.Uring.Native;

namespace Tipi.Transport.Uring.Rings;

/// <summary>
/// A descriptor whose only use is to be written to by one thread and so wake another. Signals that come after it was
/// closed are dropped, and none ever reaches a descriptor that took its number.
/// </summary>
internal sealed class EventFd : SafeHandle
{
    private EventFd(int descriptor)
        : base(-1, ownsHandle: true) => SetHandle(descriptor);

    public override bool IsInvalid => handle < 0;

    public int Descriptor => (int)handle;

    public static EventFd Create()
    {
        var answer = LibC.CreateEventFd();
        return answer >= 0 ? new EventFd(answer) : throw ErrnoTranslation.ToIOException("eventfd", (Errno)(-answer));
    }

    public void Signal()
    {
        var held = false;
        try
        {
            DangerousAddRef(ref held);
            LibC.SignalEventFd(Descriptor);
        }
        catch (ObjectDisposedException)
        {
            // The ring has stopped; nobody sleeps there any more.
        }
        finally
        {
            if (held) DangerousRelease();
        }
    }

    protected override bool ReleaseHandle() => LibC.CloseDescriptor((int)handle) == 0;
}
