using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Tipi.Protocols.Http;

namespace Tipi.Hosting.Exchange;

/// <summary>
/// The fields of one message, in the order they were added. A message has few, so a lookup is a scan: first by
/// reference, since the usual names are interned, then without regard to case. Content-Length is kept as a number.
/// </summary>
/// <param name="role">What is sent is checked when the application sets it.</param>
/// <param name="encodings">The encoding of a value by its name, for what is beyond ASCII; null: only ASCII.</param>
internal sealed class HeaderTable(HeaderRole role, Func<string, Encoding?>? encodings = null) : IHeaderDictionary
{
    private const long NoLength = -1;

    private Field[] _fields = new Field[8];
    private int _count;
    private long _contentLength = NoLength;
    private bool _isFrozen;
    private bool _isEnumerated;

    /// <summary>A table without fields, which nobody can change.</summary>
    internal static HeaderTable None { get; } = new(HeaderRole.Response) { _isFrozen = true };

    public int Count => _count + (_contentLength == NoLength ? 0 : 1);

    public bool IsReadOnly => _isFrozen;

    public ICollection<string> Keys => this.Select(static pair => pair.Key).ToArray();

    public ICollection<StringValues> Values => this.Select(static pair => pair.Value).ToArray();

    public long? ContentLength
    {
        get => _contentLength == NoLength ? null : _contentLength;
        set
        {
            ThrowIfFrozen();
            FieldPlace.Check(HeaderNames.ContentLength, Role);
            if (value < 0) throw new ArgumentOutOfRangeException(nameof(value), "Content-Length cannot be negative.");
            _contentLength = value ?? NoLength;
        }
    }

    internal HeaderRole Role { get; } = role;

    /// <summary>Counts the names that were added since the first enumeration and are not well known.</summary>
    internal int Additions { get; private set; }

    /// <summary>Counts the messages.</summary>
    internal int Life { get; private set; }

    /// <summary>True when a value may have to be encoded otherwise than one byte a character.</summary>
    internal bool HasEncoded { get; private set; }

    /// <summary>The fields but Content-Length.</summary>
    internal ReadOnlySpan<Field> Fields => _fields.AsSpan(0, _count);

    public StringValues this[string key]
    {
        get => TryGetValue(key, out StringValues value) ? value : StringValues.Empty;
        set
        {
            ArgumentNullException.ThrowIfNull(key);
            ThrowIfFrozen();
            if (IsContentLength(key)) SetLength(value);
            else if (value.Count == 0) RemoveField(key);
            else SetField(key, value);
        }
    }

    /// <exception cref="KeyNotFoundException">There is no such field: so say dictionaries.</exception>
    StringValues IDictionary<string, StringValues>.this[string key]
    {
        get => TryGetValue(key, out StringValues value)
            ? value : throw new KeyNotFoundException($"The header {key} does not exist.");
        set => this[key] = value;
    }

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out StringValues value)
    {
        int index = Find(key);
        if (index >= 0)
        {
            value = _fields[index].Value;
            return true;
        }
        if (_contentLength != NoLength && IsContentLength(key))
        {
            value = LengthText();
            return true;
        }
        value = default;
        return false;
    }

    public void Add(string key, StringValues value)
    {
        ThrowIfFrozen();
        if (ContainsKey(key)) throw new ArgumentException($"The header {key} already exists.", nameof(key));
        this[key] = value;
    }

    public void Add(KeyValuePair<string, StringValues> item) => Add(item.Key, item.Value);

    public bool ContainsKey(string key) => TryGetValue(key, out _);

    public bool Contains(KeyValuePair<string, StringValues> item) =>
        TryGetValue(item.Key, out StringValues value) && value == item.Value;

    public bool Remove(string key)
    {
        ThrowIfFrozen();
        if (!IsContentLength(key)) return RemoveField(key);
        bool was = _contentLength != NoLength;
        _contentLength = NoLength;
        return was;
    }

    public bool Remove(KeyValuePair<string, StringValues> item) => Contains(item) && Remove(item.Key);

    public void Clear()
    {
        ThrowIfFrozen();
        Empty();
    }

    public void CopyTo(KeyValuePair<string, StringValues>[] array, int arrayIndex)
    {
        if (array.Length - arrayIndex < Count) throw new ArgumentException("The array is too small.", nameof(array));
        foreach (KeyValuePair<string, StringValues> field in this) array[arrayIndex++] = field;
    }

    public IEnumerator<KeyValuePair<string, StringValues>> GetEnumerator()
    {
        _isEnumerated = true;
        return new HeaderEnumerator(this);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>
    /// Adds a field that was received and checked by the parser; a repeated one gets a further value.
    /// </summary>
    internal void AddReceived(string name, string value)
    {
        int index = Find(name);
        if (index >= 0) _fields[index].Value = StringValues.Concat(_fields[index].Value, value);
        else Append(name, value);
    }

    /// <summary>A field with its name as it was written.</summary>
    internal bool TryGetField(string name, out KeyValuePair<string, StringValues> field)
    {
        int index = Find(name);
        bool isLength = index < 0 && _contentLength != NoLength && IsContentLength(name);
        if (index >= 0) field = new(_fields[index].Name, _fields[index].Value);
        else field = isLength ? new(HeaderNames.ContentLength, LengthText()) : default;
        return index >= 0 || isLength;
    }

    /// <summary>The encoding of this field's values; null: ASCII.</summary>
    internal Encoding? EncodingOf(string name) => encodings?.Invoke(name);

    /// <summary>No further change: the head is on its way.</summary>
    internal void Freeze() => _isFrozen = true;

    /// <summary>A message begins.</summary>
    internal void Thaw() => _isFrozen = false;

    internal void Reset()
    {
        Empty();
        _isFrozen = _isEnumerated = false;
        Life++;
    }

    private static bool IsContentLength(string key) =>
        ReferenceEquals(key, HeaderNames.ContentLength)
        || (key.Length == HeaderNames.ContentLength.Length
            && key.Equals(HeaderNames.ContentLength, StringComparison.OrdinalIgnoreCase));

    private static long ParseLength(StringValues value)
    {
        if (value.Count == 0) return NoLength;
        if (HeaderUtilities.TryParseNonNegativeInt64(value.ToString(), out long length)) return length;
        throw new InvalidOperationException($"Content-Length cannot be \"{value}\": it must be a number of bytes.");
    }

    private void Empty()
    {
        _fields.AsSpan(0, _count).Clear();
        _count = 0;
        _contentLength = NoLength;
        HasEncoded = false;
    }

    private void SetLength(StringValues value)
    {
        FieldPlace.Check(HeaderNames.ContentLength, Role);
        _contentLength = ParseLength(value);
    }

    private string LengthText() => _contentLength.ToString(CultureInfo.InvariantCulture);

    private int Find(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        ReadOnlySpan<Field> fields = Fields;
        for (int i = 0; i < fields.Length; i++)
        {
            if (ReferenceEquals(fields[i].Name, key)) return i;
        }
        for (int i = 0; i < fields.Length; i++)
        {
            string name = fields[i].Name;
            if (name.Length == key.Length && name.Equals(key, StringComparison.OrdinalIgnoreCase)) return i;
        }
        return -1;
    }

    private void SetField(string key, StringValues value)
    {
        if (Role is not (HeaderRole.Request or HeaderRole.ReceivedTrailers)) Validate(key, value);
        int index = Find(key);
        if (index >= 0)
        {
            _fields[index].Value = value;
            return;
        }
        Append(key, value);
        if (_isEnumerated && !KnownNames.Contains(Role, key)) Additions++;
    }

    private void Append(string name, StringValues value)
    {
        if (_count == _fields.Length) Array.Resize(ref _fields, _count * 2);
        _fields[_count++] = new Field { Name = name, Value = value };
    }

    private bool RemoveField(string key)
    {
        int index = Find(key);
        if (index < 0) return false;
        _count--;
        Array.Copy(_fields, index + 1, _fields, index, _count - index);
        _fields[_count] = default;
        return true;
    }

    private void Validate(string key, StringValues values)
    {
        if (!FieldValidation.IsToken(key))
            throw new InvalidOperationException($"\"{Printable(key)}\" is not a header name: it must be a token.");
        if (Role != HeaderRole.Response) FieldPlace.Check(key, Role);
        for (int i = 0; i < values.Count; i++)
        {
            string value = values[i] ?? "";
            int wrong = FieldValidation.IndexOfInvalidValueChar(value);
            if (wrong < 0 || IsValidEncoded(key, value)) continue;
            throw new InvalidOperationException(
                $"The value of the header {key} contains the character 0x{(int)value[wrong]:X4} at position {wrong}: "
                + "only visible ASCII, spaces and tabs can be sent, unless ResponseHeaderEncodingSelector names an "
                + "encoding.");
        }
    }

    /// <summary>True when there is an encoding for the value, and it makes nothing that ends a line.</summary>
    private bool IsValidEncoded(string key, string value)
    {
        if (EncodingOf(key) is not { } encoding) return false;
        string bytes = Encoding.Latin1.GetString(encoding.GetBytes(value));
        if (FieldValidation.IndexOfInvalidValueChar(bytes, allowLatin1: true) >= 0) return false;
        HasEncoded = true;
        return true;
    }

    private static string Printable(string text) =>
        string.Concat(text.Select(static c => char.IsControl(c) ? $"\\u{(int)c:X4}" : c.ToString()));

    private void ThrowIfFrozen()
    {
        if (!_isFrozen) return;
        throw new InvalidOperationException(ReferenceEquals(this, None)
            ? "No fields can be added to this message. Check IsReadOnly first."
            : "Headers cannot be changed: the response has already started, or the request has ended.");
    }

    internal struct Field
    {
        internal string Name;
        internal StringValues Value;
    }
}
