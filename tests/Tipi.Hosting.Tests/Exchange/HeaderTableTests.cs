using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Tipi.Hosting.Exchange;

namespace Tipi.Hosting.Tests.Exchange;

public sealed class HeaderTableTests
{
    private readonly HeaderTable _table = new(HeaderRole.Response);

    [Fact]
    public void Names_are_found_without_regard_to_case()
    {
        _table["X-One"] = "1";
        Assert.Equal("1", _table["x-one"]);
        Assert.True(_table.ContainsKey("X-ONE"));
        Assert.Equal(StringValues.Empty, _table["X-Two"]);
        Assert.False(_table.TryGetValue("X-Two", out _));
    }

    [Fact]
    public void Content_length_is_a_number_and_a_field()
    {
        _table["content-length"] = "42";
        Assert.Equal(42, _table.ContentLength);
        Assert.Equal("42", _table[HeaderNames.ContentLength]);
        Assert.Equal([HeaderNames.ContentLength], _table.Keys);
        Assert.Single(_table);
        Assert.True(_table.Remove("Content-Length"));
        Assert.Null(_table.ContentLength);
        Assert.Empty(_table);
        Assert.Throws<ArgumentOutOfRangeException>(() => _table.ContentLength = -1);
    }

    [Fact]
    public void Nothing_as_a_value_removes()
    {
        _table["A"] = "1";
        _table["A"] = default;
        Assert.Empty(_table);
    }

    [Fact]
    public void Added_twice_is_an_exception_and_appended_twice_are_two_values()
    {
        _table.Add("A", "1");
        Assert.Throws<ArgumentException>(() => _table.Add("a", "2"));
        _table.Append("a", "2");
        Assert.Equal(new StringValues(["1", "2"]), _table["A"]);
    }

    [Fact]
    public void Many_fields_keep_their_order()
    {
        string[] names = [.. Enumerable.Range(0, 60).Select(i => $"X-{i}")];
        foreach (string name in names) _table[name] = name;
        _table.Remove("X-30");
        Assert.Equal(names.Where(name => name != "X-30"), _table.Keys);
        Assert.All(_table, field => Assert.Equal(field.Key, field.Value));
        var copy = new KeyValuePair<string, StringValues>[_table.Count];
        _table.CopyTo(copy, 0);
        Assert.Equal(_table, copy);
    }

    [Fact]
    public void Frozen_it_can_be_read_only()
    {
        _table["A"] = "1";
        _table.Freeze();
        Assert.True(_table.IsReadOnly);
        Assert.Equal("1", _table["A"]);
        Assert.Throws<InvalidOperationException>(() => _table.Remove("A"));
        Assert.Throws<InvalidOperationException>(() => _table.Append("A", "2"));
        _table.Reset();
        Assert.Empty(_table);
        _table["A"] = "2";
    }

    [Fact]
    public void Received_fields_with_one_name_are_put_together()
    {
        var received = new HeaderTable(HeaderRole.Request);
        received.AddReceived("X", "1");
        received.AddReceived("Y", "2");
        received.AddReceived("x", "3");
        Assert.Equal(new StringValues(["1", "3"]), received["X"]);
        Assert.Equal(2, received.Count);
    }

    [Fact]
    public void A_walk_fails_once_its_message_is_over()
    {
        _table["X-One"] = "1";
        _table["X-Two"] = "2";
        using IEnumerator<KeyValuePair<string, StringValues>> walk = _table.GetEnumerator();
        Assert.True(walk.MoveNext());
        _table.Reset();
        _table["X-Secret"] = "another message's";
        Assert.Throws<InvalidOperationException>(() => walk.MoveNext());
    }

    [Fact]
    public void All_removed_on_the_way_is_the_end_of_a_request_s_fields_too()
    {
        var received = new HeaderTable(HeaderRole.Request);
        foreach (string name in new[] { "Host", "Via", "X-One", "X-Two" }) received.AddReceived(name, "1");
        int steps = 0;
        foreach (KeyValuePair<string, StringValues> _ in received)
        {
            steps++;
            received.Clear();
        }
        Assert.Equal(1, steps);
    }

    [Fact]
    public void A_name_that_is_not_there_is_nothing_and_for_a_dictionary_an_exception()
    {
        Assert.Equal(0, _table["X-None"].Count);
        Assert.Throws<KeyNotFoundException>(() => ((IDictionary<string, StringValues>)_table)["X-None"]);
    }
}
