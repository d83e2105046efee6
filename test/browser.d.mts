export declare const chromiumArgs: string[];
export declare function findChromium(): string | undefined;
export declare function browserEnv(): Record<string, string>;
export declare function ensureChromium(): Promise<string>;
