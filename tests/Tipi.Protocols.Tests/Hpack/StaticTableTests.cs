using System.Text;
using Tipi.Protocols.Hpack;
using Tipi.Protocols.Http;

namespace Tipi.Protocols.Tests.Hpack;

public sealed class StaticTableTests
{
    [Fact]
    public void The_table_is_the_frameworks()
    {
        Assert.Equal(StaticTable.Count, NaiveDecoder.StaticTable.Count);
        for (int index = 1; index <= StaticTable.Count; index++)
        {
            HpackEntry entry = StaticTable.Get(index);
            string name = Encoding.ASCII.GetString(entry.NameBytes);
            Assert.Equal(NaiveDecoder.StaticTable[index - 1], (name, Encoding.ASCII.GetString(entry.Value)));
            Assert.Equal(name, entry.Name, ignoreCase: true);
            if (name[0] == ':') Assert.Equal(KnownField.Unknown, entry.Known);
            else if (name != "refresh") Assert.Equal(index, StaticTable.Find(entry.Known));
        }
    }

    [Fact]
    public void Statuses_are_found()
    {
        for (int status = 0; status < 1000; status++)
        {
            int index = StaticTable.FindStatus(status);
            if (index == 0) Assert.DoesNotContain((":status", $"{status}"), NaiveDecoder.StaticTable);
            else Assert.Equal((":status", $"{status}"), NaiveDecoder.StaticTable[index - 1]);
        }
    }
}
