namespace Tipi.Transport.Uring.Rings;

/// <summary>
/// Operations of one kind that a ring lends for the time of one request, so that who asks for nothing has none.
/// </summary>
/// <remarks>
/// Used by the ring's owner. Invariant: they are in the ring's table, and none that lies here is in flight; there is
/// always room for all that were made, so that taking one back needs no memory.
/// </remarks>
internal sealed class IdleOperations(OperationTable operations)
{
    private readonly Stack<Operation> _idle = new();
    private int _made;

    /// <summary>An idle operation, or one that is made where there is none.</summary>
    public Operation Lend(Func<Operation> make)
    {
        if (_idle.TryPop(out var operation)) return operation;
        operation = Shortage.Outlast(
            static at =>
            {
                at.Pool._idle.EnsureCapacity(at.Pool._made + 1);
                return at.Make();
            },
            (Pool: this, Make: make));
        _made++;
        operations.Admit(operation);
        return operation;
    }

    public void TakeBack(Operation operation) => _idle.Push(operation);
}
