using System.ComponentModel.DataAnnotations;

namespace Tipi.Stack.Tests.Razor;

/// <summary>What the form of the page asks for.</summary>
public sealed class Booking
{
    [Required(ErrorMessage = "A booking needs a name."), Display(Name = "Who comes")]
    public string? Name { get; set; }

    [Range(1, 14, ErrorMessage = "Between {1} and {2} nights.")]
    public int Nights { get; set; } = 1;
}
