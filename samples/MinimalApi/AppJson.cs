using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Mvc;
using MinimalApi.Extras;
using MinimalApi.Files;
using MinimalApi.Live;
using MinimalApi.Todos;

namespace MinimalApi;

/// <summary>Every type this app reads or writes as JSON, known at compile time.</summary>
[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(Todo))]
[JsonSerializable(typeof(IReadOnlyList<Todo>))]
[JsonSerializable(typeof(TodoDraft))]
[JsonSerializable(typeof(TodoSummary))]
[JsonSerializable(typeof(TodoChange))]
[JsonSerializable(typeof(Tick))]
[JsonSerializable(typeof(ChatLine))]
[JsonSerializable(typeof(ChatWelcome))]
[JsonSerializable(typeof(StoredFile))]
[JsonSerializable(typeof(IReadOnlyList<StoredFile>))]
[JsonSerializable(typeof(Message))]
[JsonSerializable(typeof(Quote))]
[JsonSerializable(typeof(Visit))]
[JsonSerializable(typeof(ProblemDetails))]
[JsonSerializable(typeof(HttpValidationProblemDetails))]
internal sealed partial class AppJson : JsonSerializerContext;
