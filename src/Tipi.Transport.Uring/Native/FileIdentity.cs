namespace Tipi.Transport.Uring.Native;

/// <summary>Which file a path names, and when anything of it was changed, its name among that.</summary>
/// <param name="Inode">Its number; 0 where there is no file.</param>
/// <param name="ChangedSeconds">The time of its last change (ctime), whole seconds.</param>
/// <param name="ChangedNanoseconds">The rest of that.</param>
internal readonly record struct FileIdentity(ulong Inode, long ChangedSeconds, uint ChangedNanoseconds);
