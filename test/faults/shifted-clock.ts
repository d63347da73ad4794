// Loaded before a process under test: its clock goes wrong by as many milliseconds as the environment says.
const shiftMs = Number(process.env.CLOCK_SHIFT_MS ?? '0');
const RealDate = Date;
const now = () => RealDate.now() + shiftMs;

globalThis.Date = new Proxy(RealDate, {
  construct: (target, given, asked) => Reflect.construct(target, given.length === 0 ? [now()] : given, asked),
  get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
});
