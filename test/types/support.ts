/** Rules about types. These files are compiled by `tsc` and not run: a rule that does not hold does not compile. */

export type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** `rule<"q is a bigint", Equal<ItemOf<"q">, bigint>>()` */
export const rule = <_Name extends string, Holds extends true>(): Holds => true as Holds;

/** `typeOf(view.get(0)).is<number>()`, exactly. */
export const typeOf = <T>(_value: T) => ({ is: <U>(..._differs: Equal<T, U> extends true ? [] : [never]): void => {} });
