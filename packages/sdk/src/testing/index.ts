export { MemoryObjects } from "./memory-objects.ts";
export { MemoryState } from "./memory-state.ts";
export { MemoryStore } from "./memory-store.ts";
export { openMemoryHall, type MemoryHall, type MemoryHallOptions, type Reply } from "./open-memory-hall.ts";
export { SeededRandom } from "./seeded-random.ts";
export { startModule, type StartedModule, type StartModuleOptions } from "./start-module.ts";
export { TestClock } from "./test-clock.ts";
export { TestLog, type LogLine } from "./test-log.ts";
