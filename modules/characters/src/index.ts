export { characters } from "./characters-module.ts";
export { charactersRef, type CharactersApi, type NamedRoll, type PlayedCharacter } from "./ref.ts";
