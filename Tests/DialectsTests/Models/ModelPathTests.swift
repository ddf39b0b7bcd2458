import Dialects
import Testing

@Suite("Paths that name a model")
struct ModelPathTests {
    @Test(
        "a name and what is asked of it are read as they were meant",
        arguments: [
            ("gemini-2.5-pro:generateContent", "gemini-2.5-pro", ModelPath.Action.generate),
            ("openai/gpt-4o:streamGenerateContent", "openai/gpt-4o", .stream),
            ("openai%2Fgpt-4o:countTokens", "openai/gpt-4o", .count),
            ("models/gemini-2.5-pro:countTokens", "gemini-2.5-pro", .count),
            ("models%2fm:generateContent", "m", .generate),
            ("ollama/llama3:8b:generateContent", "ollama/llama3:8b", .generate),
            ("mod%C3%A8le%3A1:generateContent", "modèle:1", .generate),
        ]
    )
    func read(text: String, model: String, action: ModelPath.Action) {
        #expect(ModelPath(text[...]) == ModelPath(model: model, action: action))
    }

    @Test(
        "what names no model or asks nothing known is none",
        arguments: [
            "", ":", ":generateContent", "m", "m:", "m:write", "m:generateContent/", "m%:generateContent", "m%2",
            "%zz:countTokens",
        ]
    )
    func none(text: String) {
        #expect(ModelPath(text[...]) == nil)
    }

    @Test(
        "a name comes back from the path that it was written into",
        arguments: ["a", "a/b", "ü ß:%/.", "..", "x/../y", "models/m"]
    )
    func loop(name: String) {
        #expect(ModelPath.decoded(("models/" + ModelPath.escaped(name))[...]) == name)
    }
}
