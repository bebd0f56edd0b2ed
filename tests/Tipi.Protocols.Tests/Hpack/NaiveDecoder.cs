using System.Reflection;
using System.Text;
using Tipi.Protocols.Hpack;

namespace Tipi.Protocols.Tests.Hpack;

/// <summary>
/// A second decoder to compare with, written for shortness: bit by bit, a list for a table. Static table and Huffman
/// code are the framework's.
/// </summary>
internal sealed class NaiveDecoder
{
    private static readonly Dictionary<string, int> s_symbols =
        Enumerable.Range(0, 257).ToDictionary(FrameworkCode, symbol => symbol);

    private static readonly List<(string Name, string Value)> s_static = ReadStaticTable();

    private readonly List<(string Name, string Value)> _table = [];
    private int _maxSize = 4096;

    /// <summary>A symbol's code in the framework, as ones and zeros.</summary>
    internal static string FrameworkCode(int symbol)
    {
        MethodInfo encode = Kestrel("System.Net.Http.HPack.Huffman").GetMethods(All)
            .First(method => method.Name == "Encode" && method.GetParameters().Length == 1);
        (uint code, int length) = ((uint, int))encode.Invoke(null, [symbol])!;
        return code.ToString("b32", null)[..length];
    }

    internal static IReadOnlyList<(string Name, string Value)> StaticTable => s_static;

    /// <summary>The fields as <see cref="FieldList"/> writes them, and whether the block is valid.</summary>
    internal (List<string> Fields, bool IsValid) Decode(byte[] block)
    {
        List<string> fields = [];
        var rest = new Queue<byte>(block);
        try
        {
            while (rest.Count > 0) DecodeOne(rest, fields);
            return (fields, true);
        }
        catch (InvalidDataException)
        {
            return (fields, false);
        }
    }

    private static BindingFlags All =>
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance;

    private static Type Kestrel(string type) =>
        Assembly.Load("Microsoft.AspNetCore.Server.Kestrel.Core").GetType(type, throwOnError: true)!;

    private static List<(string Name, string Value)> ReadStaticTable()
    {
        Type type = Kestrel("System.Net.Http.HPack.H2StaticTable");
        MethodInfo get = type.GetMethod("Get", All)!;
        return Enumerable.Range(0, 61).Select(i => get.Invoke(null, [i])!)
            .Select(field => (Text(field, "Name"), Text(field, "Value"))).ToList();
    }

    private static string Text(object field, string member)
    {
        Type type = field.GetType();
        object? bytes = type.GetField(member, All)?.GetValue(field) ?? type.GetProperty(member, All)!.GetValue(field);
        return Encoding.Latin1.GetString((byte[])bytes!);
    }

    private static int Integer(Queue<byte> rest, int bits)
    {
        int full = (1 << bits) - 1;
        long value = Next(rest) & full;
        if (value < full) return (int)value;
        for (int i = 0; i < 5; i++)
        {
            byte more = Next(rest);
            value += (long)(more % 128) * (1L << (7 * i));
            if (more < 128) return value <= int.MaxValue ? (int)value : throw new InvalidDataException();
        }

        throw new InvalidDataException();
    }

    private static byte Next(Queue<byte> rest) =>
        rest.TryDequeue(out byte next) ? next : throw new InvalidDataException();

    private static string String(Queue<byte> rest)
    {
        bool isHuffman = rest.TryPeek(out byte first) && first >= 128;
        int length = Integer(rest, 7);
        if (length > rest.Count) throw new InvalidDataException();
        byte[] bytes = Enumerable.Range(0, length).Select(_ => rest.Dequeue()).ToArray();
        return isHuffman ? Huffman(bytes) : Encoding.Latin1.GetString(bytes);
    }

    private static string Huffman(byte[] bytes)
    {
        var text = new StringBuilder();
        var code = new StringBuilder();
        foreach (char bit in string.Concat(bytes.Select(value => value.ToString("b8", null))))
        {
            code.Append(bit);
            if (!s_symbols.TryGetValue(code.ToString(), out int symbol)) continue;
            if (symbol == 256) throw new InvalidDataException();
            text.Append((char)symbol);
            code.Clear();
        }

        bool isPadding = code.Length < 8 && !code.ToString().Contains('0', StringComparison.Ordinal);
        return isPadding ? text.ToString() : throw new InvalidDataException();
    }

    private void DecodeOne(Queue<byte> rest, List<string> fields)
    {
        byte first = rest.Peek();
        if (first >= 128)
        {
            (string name, string value) = Find(Integer(rest, 7));
            fields.Add($"{name}: {value}");
        }
        else if (first >> 5 == 1)
        {
            _maxSize = Integer(rest, 5);
            if (fields.Count > 0 || _maxSize > 4096) throw new InvalidDataException();
            Evict(0);
        }
        else
        {
            int index = Integer(rest, first >= 64 ? 6 : 4);
            string name = index > 0 ? Find(index).Name : String(rest);
            string value = String(rest);
            fields.Add($"{name}: {value}{(first >> 4 == 1 ? " (never indexed)" : "")}");
            if (first >= 64) Insert(name, value);
        }
    }

    private (string Name, string Value) Find(int index)
    {
        if (index == 0 || index > 61 + _table.Count) throw new InvalidDataException();
        return index <= 61 ? s_static[index - 1] : _table[index - 62];
    }

    private void Insert(string name, string value)
    {
        int size = name.Length + value.Length + 32;
        Evict(size);
        if (size <= _maxSize) _table.Insert(0, (name, value));
    }

    private void Evict(int needed)
    {
        while (_table.Count > 0 && _table.Sum(row => row.Name.Length + row.Value.Length + 32) + needed > _maxSize)
            _table.RemoveAt(_table.Count - 1);
    }
}
