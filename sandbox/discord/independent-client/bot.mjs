// A bot made with discord.js: one command, one clip, one button, one form.
// It is told by its environment where Discord is, and what file to post.

import { readFile } from "node:fs/promises";
import {
  ActionRowBuilder,
  ButtonBuilder,
  ButtonStyle,
  Client,
  ContainerBuilder,
  Events,
  GatewayIntentBits,
  MediaGalleryBuilder,
  MessageFlags,
  ModalBuilder,
  TextDisplayBuilder,
  TextInputBuilder,
  TextInputStyle,
} from "discord.js";

const { DISCORD_API, DISCORD_TOKEN, CLIP } = process.env;

const client = new Client({
  intents: [GatewayIntentBits.Guilds],
  rest: { api: DISCORD_API, version: "10" },
});

const command = {
  name: "clip",
  description: "Post a clip",
  options: [{ type: 3, name: "prompt", description: "What to see", required: true }],
  default_member_permissions: null,
};

function clipMessage(mention, data) {
  const box = new ContainerBuilder()
    .addTextDisplayComponents(new TextDisplayBuilder().setContent(`${mention} done`))
    .addMediaGalleryComponents(
      new MediaGalleryBuilder().addItems({ media: { url: "attachment://clip.mp4" } }),
    )
    .addActionRowComponents(
      new ActionRowBuilder().addComponents(
        new ButtonBuilder()
          .setCustomId("edit")
          .setLabel("Edit")
          .setStyle(ButtonStyle.Primary),
      ),
    );
  return {
    components: [box],
    files: [{ attachment: data, name: "clip.mp4" }],
    flags: MessageFlags.IsComponentsV2,
    nonce: "clip-1",
    enforceNonce: true,
    allowedMentions: { parse: ["users"] },
  };
}

function form() {
  const field = new TextInputBuilder()
    .setCustomId("prompt")
    .setLabel("Prompt")
    .setStyle(TextInputStyle.Short);
  return new ModalBuilder()
    .setCustomId("form")
    .setTitle("Edit")
    .addComponents(new ActionRowBuilder().addComponents(field));
}

client.once(Events.ClientReady, async (ready) => {
  await ready.application.commands.set([command]);
});

client.on(Events.InteractionCreate, async (interaction) => {
  if (interaction.isChatInputCommand()) {
    const prompt = interaction.options.getString("prompt", true);
    await interaction.reply(`queued ${prompt}`);
    const data = await readFile(CLIP);
    await interaction.channel.send(clipMessage(`${interaction.user}`, data));
    await interaction.editReply("done");
  } else if (interaction.isButton()) {
    await interaction.showModal(form());
  } else if (interaction.isModalSubmit()) {
    await interaction.deferReply({ flags: MessageFlags.Ephemeral });
    await interaction.editReply(interaction.fields.getTextInputValue("prompt"));
  }
});

for (const signal of ["SIGTERM", "SIGINT"]) {
  process.once(signal, async () => {
    await client.destroy();
    process.exit(0);
  });
}

await client.login(DISCORD_TOKEN);
