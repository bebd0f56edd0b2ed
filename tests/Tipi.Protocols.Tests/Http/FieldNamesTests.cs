using System.Reflection;
using System.Text;
using Microsoft.Net.Http.Headers;
using Tipi.Protocols.Http;

namespace Tipi.Protocols.Tests.Http;

public sealed class FieldNamesTests
{
    private static readonly string[] s_unknown =
        ["", "X", "Hos", "Hosts", "Hxst", "Hos\u0014", "X-Unknown", "Content\rLength",
        "Content\u000DType", "Contest-Length", "Content-Lengths", "\u0048ost\0",
        "Transfer_Encoding", "TransferMEncoding", "Cookie2", new string('a', 32),
        new string('a', 33), new string('a', 300)];

    public static TheoryData<KnownField> Fields => new(Enum.GetValues<KnownField>().Skip(1));

    [Fact]
    public void Every_known_field_has_a_name() => Assert.Equal(Enum.GetValues<KnownField>().Length, FieldNames.Count);

    [Theory]
    [MemberData(nameof(Fields))]
    public void A_name_is_found_in_any_case_and_place(KnownField field)
    {
        string name = FieldNames.GetName(field);
        Assert.Same(name, FieldNames.GetName(field));
        foreach (string spelling in new[] { name, name.ToUpperInvariant(), name.ToLowerInvariant(), Swap(name) })
        {
            Assert.Equal(field, FieldNames.Find(spelling));
            Assert.Equal(field, FieldNames.Find(Encoding.ASCII.GetBytes(spelling)));
            byte[] inside = Encoding.ASCII.GetBytes("--" + spelling + ": and a value, long enough for the vector");
            Assert.Equal(field, FieldNames.Find(inside, 2, spelling.Length));
        }
    }

    [Theory]
    [MemberData(nameof(Fields))]
    public void A_name_with_one_wrong_byte_is_not_found(KnownField field)
    {
        byte[] name = Encoding.ASCII.GetBytes(FieldNames.GetName(field));
        for (int i = 0; i < name.Length; i++)
        {
            for (int flip = 1; flip < 256; flip++)
            {
                byte[] other = [.. name];
                other[i] ^= (byte)flip;
                string text = Encoding.Latin1.GetString(other);
                bool same = string.Equals(text, FieldNames.GetName(field), StringComparison.OrdinalIgnoreCase);
                Assert.True(same == (FieldNames.Find(other) == field), text);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Fields))]
    public void A_longer_name_is_not_taken_for_its_beginning(KnownField field)
    {
        const string Letters = "abcdefghijklmnopqrstuvwxyz-";
        var random = new Random(1);
        string name = FieldNames.GetName(field);
        for (int i = 0; i < 5000; i++) // the table has 512 places: some of these share the known name's
        {
            int more = random.Next(1, Math.Max(2, FieldNames.MaxLength - name.Length));
            Assert.NotEqual(field, FieldNames.Find(name + new string(random.GetItems<char>(Letters, more))));
        }
    }

    [Fact]
    public void Other_names_are_unknown()
    {
        foreach (string name in s_unknown)
        {
            Assert.Equal(KnownField.Unknown, FieldNames.Find(name));
            Assert.Equal(KnownField.Unknown, FieldNames.Find(Encoding.Latin1.GetBytes(name)));
        }

        Assert.Equal(KnownField.Unknown, FieldNames.Find("H\u00F6st"));
        Assert.Equal(KnownField.Unknown, FieldNames.Find("\u0148ost"));
    }

    [Fact]
    public void Names_are_the_instances_that_the_framework_uses()
    {
        int found = 0;
        foreach (FieldInfo constant in typeof(HeaderNames).GetFields(BindingFlags.Public | BindingFlags.Static))
        {
            string name = (string)constant.GetValue(null)!;
            KnownField field = FieldNames.Find(name);
            if (field == KnownField.Unknown) continue;
            Assert.Same(name, FieldNames.GetName(field));
            found++;
        }

        Assert.InRange(found, 70, 200);
    }

    private static string Swap(string name) =>
        string.Concat(name.Select((c, i) => i % 2 == 0 ? char.ToLowerInvariant(c) : char.ToUpperInvariant(c)));
}
