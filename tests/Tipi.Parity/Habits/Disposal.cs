namespace Tipi.Parity.Habits;

/// <summary>Notes its own disposal.</summary>
internal sealed class Disposal(Notes notes) : IDisposable
{
    public void Dispose() => notes.Add("disposed");
}
