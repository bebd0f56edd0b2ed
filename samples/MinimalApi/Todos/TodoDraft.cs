using System.ComponentModel.DataAnnotations;

namespace MinimalApi.Todos;

/// <summary>What a client sends to make or change a <see cref="Todo"/>.</summary>
public sealed record TodoDraft(
    [property: Required, StringLength(80, MinimumLength = 1)] string? Title,
    bool Done = false,
    DateOnly? Due = null);
