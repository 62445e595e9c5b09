import { z } from "zod";
import { EmailAddress, Password } from "../../hall/people.ts";

/** What `guildhall create-user` asks for. */
export const CreateUserRequest = z.object({ email: EmailAddress, password: Password, admin: z.boolean() });

/** What `guildhall password-link` asks for. */
export const PasswordLinkRequest = z.object({ email: EmailAddress });

/** What `guildhall create-user` asks for. */
export type CreateUserRequest = z.infer<typeof CreateUserRequest>;
