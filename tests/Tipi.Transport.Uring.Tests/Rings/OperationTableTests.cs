using Tipi.Transport.Uring.Native;
using Tipi.Transport.Uring.Rings;

namespace Tipi.Transport.Uring.Tests.Rings;

public sealed class OperationTableTests
{
    [Fact]
    public void An_operation_is_found_by_its_identity_which_is_never_0()
    {
        var table = new OperationTable();
        var operations = Enumerable.Range(0, 200).Select(_ => new Silent()).ToArray();
        foreach (var operation in operations) table.Admit(operation);
        Assert.Equal(200, table.Count);
        Assert.Equal(200, operations.Select(operation => operation.Identity).Distinct().Count());
        foreach (var operation in operations)
        {
            Assert.NotEqual(0ul, operation.Identity);
            Assert.Same(operation, table.Find(operation.Identity));
        }

        Assert.Equal(operations, Enumerable.Range(0, table.End).Select(table.At));
    }

    [Fact]
    public void A_late_completion_of_who_had_the_slot_before_finds_nobody()
    {
        var table = new OperationTable();
        var first = new Silent();
        table.Admit(first);
        var stale = first.Identity;
        table.Vacate(first);
        Assert.Null(table.Find(stale));
        Assert.Equal(0ul, first.Identity);
        var second = new Silent();
        table.Admit(second);
        Assert.Equal((uint)stale, (uint)second.Identity); // the same slot
        Assert.NotEqual(stale, second.Identity);
        Assert.Null(table.Find(stale));
        Assert.Same(second, table.Find(second.Identity));
        Assert.Equal(1, table.Count);
    }

    [Fact]
    public void Unknown_identities_find_nobody()
    {
        var table = new OperationTable();
        Assert.Null(table.Find(0));
        Assert.Null(table.Find(1ul << 32));
        Assert.Null(table.Find(ulong.MaxValue));
    }

    private sealed class Silent : Operation
    {
        protected override void OnCompletion(KernelDoor kernel, in Cqe completion)
        {
        }
    }
}
