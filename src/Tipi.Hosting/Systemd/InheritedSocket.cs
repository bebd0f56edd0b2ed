namespace Tipi.Hosting.Systemd;

/// <summary>A descriptor that systemd hands over, and its <c>FileDescriptorName</c>, if it has one.</summary>
internal sealed record InheritedSocket(ulong Descriptor, string? Name);
