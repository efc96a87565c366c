/** Preloaded into a daemon: SIGUSR1 breaks a promise that nobody waits for, SIGUSR2 throws where nobody catches. */
process.on("SIGUSR1", () => void Promise.reject(new Error("a promise broke")));
process.on("SIGUSR2", () => {
  throw new Error("something broke");
});
